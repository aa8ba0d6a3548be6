import type { EventStore } from '#event-store';
import type { Outcome } from '#kernel';
import type { Effect, EffectCall } from '#runtime';

/** Where a run can be stopped, in the order in which it comes by. */
export interface Point {
  readonly at: 'before append' | 'after append' | 'before effect' | 'after effect';
  /** Stream and event types of an append, or request key of an effect. */
  readonly what: string;
}

/** How a run is disturbed: stopped at the n-th point, counted from 0, or told and asked everything twice. */
export interface Disturbance {
  readonly stopAt?: number;
  readonly repeat?: boolean;
}

/** Sees every append and every effect of a run, and stops it or repeats them as wanted. */
export class Watch {
  /** What came by since it was armed. */
  readonly points: Point[] = [];
  armed = false;

  constructor(
    private readonly disturbance: Disturbance,
    private readonly stop: () => void,
    private readonly again: (call: EffectCall, outcome: Outcome) => void,
  ) {}

  /** The store as one life of the process sees it: a life that is over writes nothing and hears nothing. */
  store(store: EventStore, alive: () => boolean): EventStore {
    return new Proxy(store, {
      get: (target, name) => {
        if (name !== 'append') {
          const own: unknown = Reflect.get(target, name);
          return typeof own === 'function' ? (own as () => unknown).bind(target) : own;
        }
        const append: EventStore['append'] = async (stream, expected, events) => {
          const what = `${stream}: ${events.map(({ type }) => type).join(', ')}`;
          await this.pass({ at: 'before append', what }, alive);
          const answer = await target.append(stream, expected, events);
          await this.pass({ at: 'after append', what }, alive);
          return answer;
        };
        return append;
      },
    });
  }

  effect(effect: Effect, alive: () => boolean): Effect {
    return {
      ...effect,
      run: async (call) => {
        const what = call.idempotencyKey;
        await this.pass({ at: 'before effect', what }, alive);
        const twice = this.armed && this.disturbance.repeat === true;
        if (twice) await effect.run(call).catch(() => undefined);
        const outcome = await effect.run(call);
        await this.pass({ at: 'after effect', what }, alive);
        if (twice) this.again(call, outcome);
        return outcome;
      },
    };
  }

  private pass(point: Point, alive: () => boolean): Promise<void> {
    if (this.armed && alive() && this.points.push(point) - 1 === this.disturbance.stopAt) this.stop();
    return alive() ? Promise.resolve() : new Promise(() => undefined);
  }
}
