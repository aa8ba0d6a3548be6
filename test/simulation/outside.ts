import type { Clock, Outcome } from '#kernel';
import type { Effect, EffectCall } from '#runtime';
import type { VirtualClock } from '#testing';

type Ending = 'at_once' | 'poll' | 'callback';

export interface OutsideOptions {
  readonly clock: VirtualClock;
  readonly random: () => number;
  /** Share of calls that go wrong in one of the ways below, 0 to 1. */
  readonly trouble: number;
  /** What a step answers when it is done; must depend on its arguments alone. */
  readonly result: (name: string, input: unknown) => unknown;
  /** Delivers a callback; rejects when nobody could take it. */
  readonly callback: (stream: string, key: string, outcome: Outcome) => Promise<void>;
  /** Says that a call left for this key; the simulation checks that its step was not recorded before. */
  readonly left: (call: EffectCall) => void;
}

/** The systems outside: idempotent by key, slow, and unreliable in every way a network allows. */
export class Outside {
  /** Key to result of what was really done. */
  readonly applied = new Map<string, unknown>();
  private readonly polls = new Map<string, number>();

  constructor(private readonly options: OutsideOptions) {}

  effect(name: string, ending: Ending, clock: Clock, alive: () => boolean): Effect {
    return { name, concurrency: 3, attemptMs: 4_000, run: (call) => this.answer(name, ending, call, clock, alive) };
  }

  poller(name: string, of: string, clock: Clock): Effect {
    return {
      name,
      run: async (call) => {
        await sleep(clock, this.between(1, 500));
        if (this.chance(this.options.trouble)) throw new Error('connection reset');
        const asked = (this.polls.get(call.key) ?? 0) + 1;
        this.polls.set(call.key, asked);
        return asked < 3 ? { kind: 'pending', retryAfterMs: this.between(0, 2_000) } : this.done(of, call);
      },
    };
  }

  private async answer(
    name: string,
    ending: Ending,
    call: EffectCall,
    clock: Clock,
    alive: () => boolean,
  ): Promise<Outcome> {
    if (!alive()) return new Promise(() => undefined);
    this.options.left(call);
    const trouble = this.options.trouble;
    // What has left travels on, whether its sender is frozen or gone meanwhile.
    await sleep(this.options.clock, this.between(0, 1_500));
    if (this.chance(trouble / 3))
      return { kind: 'failed', failure: { kind: 'retryable', code: 'busy', message: 'try later' } };
    const done = this.done(name, call);
    if (ending === 'callback') this.callLater(call, done);
    if (this.chance(trouble / 3)) throw new Error('the answer was lost');
    if (this.chance(trouble / 3)) return new Promise(() => undefined);
    await sleep(clock, this.between(0, 6_000) * (this.chance(0.1) ? 1 : 0.1));
    return ending === 'at_once'
      ? done
      : { kind: 'accepted', retryAfterMs: 100, ...(ending === 'poll' && { location: `/operations/${call.key}` }) };
  }

  private done(name: string, call: EffectCall): Outcome {
    const before = this.applied.get(call.idempotencyKey);
    if (before === undefined) this.applied.set(call.idempotencyKey, this.options.result(name, call.input));
    return { kind: 'done', result: this.applied.get(call.idempotencyKey) };
  }

  /** Early, late or twice, and again until somebody takes it. */
  private callLater(call: EffectCall, outcome: Outcome): void {
    const deliver = () => {
      this.options.callback(call.stream, call.key, outcome).catch(() => this.options.clock.after(1_000, deliver));
    };
    this.options.clock.after(this.between(0, 5_000), deliver);
    if (this.chance(this.options.trouble)) this.options.clock.after(this.between(0, 9_000), deliver);
  }

  private chance(share: number): boolean {
    return this.options.random() < share;
  }

  private between(low: number, high: number): number {
    return Math.floor(low + this.options.random() * (high - low));
  }
}

const sleep = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
