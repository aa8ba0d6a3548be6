import type { Clock, CommandContext } from '#kernel';
import { EventRegistry, type StoredEvent } from '#event-store';
import { occurrenceDecider, scheduleDecider, scheduleEffects, scheduleEvents, scheduleStream } from '#schedule';
import type { Dispatcher, Effect } from '#runtime';
import { mulberry32, SimulatedStore, VirtualClock } from '#testing';
import { processDecider, processEffects, sleep, step, workflow, WorkflowRegistry } from '#workflow';
import { processEvents } from '#workflow/published';
import { Node } from './node.js';

export const MINUTE = 60_000;
/** A task of which each run takes this long, ms of virtual time. */
export const task = (key: string, ms: number) =>
  workflow({ key, version: 1, target: 'SYSTEM', isTask: true, description: key }, [
    sleep({ key: 'wait', ms }),
    step({ key: 'work' }),
  ]);
const workflows = new WorkflowRegistry([task('short', 1_000), task('long', 90_000)]);

/** A run of a schedule as the log has it; times are ms since the start of the world. */
export interface Run {
  readonly id: string;
  readonly begun: number;
  ended: number;
}

/** Schedules, their occurrences and the processes they start, on one log and as many workers as a test wants, in virtual time. */
export class Schedules {
  readonly clock = new VirtualClock();
  readonly store = new SimulatedStore({ clock: this.clock });
  readonly nodes: Node[];
  readonly start = this.clock.now();
  /** What `starting` throws next. */
  refusals: Error[] = [];

  /** `keepsTime`: which worker drives what is overdue, by its number, where one of them does. */
  constructor(count = 1, random = mulberry32(7), keepsTime?: (worker: number, now: number) => boolean) {
    const registry = new EventRegistry().register(scheduleEvents).register(processEvents);
    const deciders = {
      schedule: scheduleDecider,
      occurrence: occurrenceDecider,
      process: processDecider(workflows),
    };
    const { clock, store } = this;
    this.nodes = Array.from(
      { length: count },
      (_, worker) =>
        new Node({
          store,
          clock,
          registry,
          deciders,
          random,
          alone: count === 1,
          shared: keepsTime && { keepsTime: () => keepsTime(worker, clock.now()) },
          effects: (own, _alive, dispatcher) => this.effects(own, dispatcher),
        }),
    );
  }

  private effects(clock: Clock, dispatcher: () => Dispatcher): readonly Effect[] {
    return [
      ...processEffects(workflows, { dispatcher, clock }),
      ...scheduleEffects({
        clock,
        dispatcher,
        openRun: async (createdBy) => (await this.runs(createdBy)).find(({ ended }) => ended === Infinity)?.id,
        starting: async (key, pages, _, createdBy) => {
          const refusal = this.refusals.shift();
          if (refusal) throw refusal;
          return {
            type: 'StartProcess',
            workflow: key,
            state: { ...(pages[0] as object) },
            createdBy,
            time: clock.now(),
          };
        },
      }),
    ];
  }

  async send(id: string, command: object, node = this.nodes[0]!): Promise<void> {
    const about = { by: 'ann', time: this.clock.now(), ...command };
    const commandId = `${id}/${JSON.stringify(about)}`;
    const context: CommandContext = { commandId, correlationId: 'c', causationId: 'c', actor: 'ann', tenant: 't' };
    await node.runtime.dispatch(scheduleStream(id), about as never, context);
    await settled();
  }

  create(id: string, kwargs: object, more: object = {}): Promise<void> {
    const terms = { trigger: 'interval', kwargs };
    return this.send(id, { type: 'CreateSchedule', name: id, workflow: 'short', terms, ...more });
  }

  settle(): Promise<void> {
    return settled();
  }

  async advance(ms: number, steps = 1_000): Promise<void> {
    for (let left = ms; left > 0; left -= steps) {
      this.clock.advance(Math.min(steps, left));
      await settled();
    }
  }

  /** Of one schedule, or of all; in the order of the log. */
  async runs(createdBy?: string): Promise<readonly Run[]> {
    const runs = new Map<string, Run>();
    for (const event of await this.all('process-')) {
      const data = JSON.parse(event.data) as { createdBy?: string; time: number };
      const at = data.time - this.start;
      if (event.type === 'ProcessStarted' && (createdBy === undefined || data.createdBy === createdBy))
        runs.set(event.stream, { id: event.stream.slice('process-'.length), begun: at, ended: Infinity });
      const known = runs.get(event.stream);
      if (known && (event.type === 'ProcessCompleted' || event.type === 'ProcessAborted')) known.ended = at;
    }
    return [...runs.values()];
  }

  /** Instants at which runs began, in seconds since the start of the world. */
  async begun(): Promise<readonly number[]> {
    return (await this.runs()).map(({ begun }) => begun / 1_000);
  }

  async events(type: string): Promise<readonly Record<string, any>[]> {
    return (await this.all('')).filter((event) => event.type === type).map((event) => JSON.parse(event.data));
  }

  async types(prefix: string): Promise<readonly string[]> {
    return (await this.all(prefix)).map(({ type }) => type);
  }

  private async all(prefix: string): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for (let after = 0, end = false; !end;) {
      const page = await this.store.readAll({ after: after as never });
      events.push(...page.events.filter(({ stream }) => stream.startsWith(prefix)));
      [after, end] = [page.next, page.end];
    }
    return events;
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 12; i++) await new Promise((resolve) => setImmediate(resolve));
}
