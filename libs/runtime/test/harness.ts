import type { CommandContext, Outcome } from '#kernel';
import { EventLog, EventRegistry, type EventMetadata, type EventSpec } from '#event-store';
import { SeededIds, SimulatedStore, VirtualClock } from '#testing';
import {
  CallbackTokens,
  Runtime,
  type AnyDecider,
  type Effect,
  type EffectCall,
  type OpenWork,
  type RequestPolicy,
  type Shared,
} from '../index.js';
import { jobDecider, jobEvents } from './job.decider.js';

export const AT_ONCE: RequestPolicy = {
  retry: { initialMs: 1_000, coefficient: 2, capMs: 60_000, jitter: 0, limit: 3 },
  completion: { kind: 'at_once' },
  unknown: 'repeat',
};

export const done = (result: unknown = {}): Outcome => ({ kind: 'done', result });
export const failed = (kind: 'retryable' | 'refused' | 'unknown', more: object = {}): Outcome => ({
  kind: 'failed',
  failure: { kind, code: 'nope', message: 'no', ...more },
});

export const by = (commandId: string): CommandContext => ({
  commandId,
  correlationId: 'c',
  causationId: 'c',
  actor: 'ann',
  tenant: 't',
});

export interface Harness {
  readonly clock: VirtualClock;
  readonly store: SimulatedStore;
  readonly calls: EffectCall[];
  /** Answers the n-th call; missing ones hang. */
  readonly answers: ((call: EffectCall) => Outcome | Promise<Outcome>)[];
  /** What runners said about instances they cannot carry on. */
  readonly stuck: string[];
  /** `events` and `decider`: the code that this process has, by default all there is. */
  runner(options?: {
    othersDead?: boolean;
    worker?: boolean;
    shared?: Shared;
    effect?: Partial<Effect>;
    graceMs?: number;
    paused?: boolean;
    seed?: number;
    events?: readonly EventSpec<string, never>[];
    decider?: AnyDecider;
  }): Promise<Runtime>;
  types(stream: string): Promise<string[]>;
  data(stream: string, type: string): Promise<Record<string, unknown>[]>;
  open(): Promise<OpenWork[]>;
  settle(): Promise<void>;
  advance(ms: number): Promise<void>;
}

/** One simulated log, virtual time, and as many shipped runners over it as a test wants. */
export function harness(policy = AT_ONCE): Harness {
  const clock = new VirtualClock();
  const store = new SimulatedStore({ clock });
  const calls: EffectCall[] = [];
  const stuck: string[] = [];
  const answers: Harness['answers'] = [];
  const read = async (stream: string) => (await store.readStream(stream)).events;
  const settle = async () => {
    for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  const open = async () => {
    const rows = new Map<string, OpenWork>();
    for (const event of (await store.readAll({ after: 0 as never })).events) {
      const { owed } = JSON.parse(event.metadata) as EventMetadata;
      if (owed) rows.set(event.stream, { stream: event.stream, ...owed });
      else rows.delete(event.stream);
    }
    return [...rows.values()];
  };
  return {
    clock,
    store,
    calls,
    answers,
    stuck,
    settle,
    open,
    async runner({ othersDead, worker, shared, effect, graceMs, paused, seed = 1, ...code } = {}) {
      const { events = jobEvents, decider = jobDecider(policy) } = code;
      const run = async (call: EffectCall) => {
        calls.push(call);
        const answer = answers.shift();
        return answer ? answer(call) : new Promise<Outcome>(() => undefined);
      };
      const runtime = new Runtime({
        log: new EventLog(store, new EventRegistry().register(events)),
        clock,
        ids: new SeededIds(clock, seed),
        tokens: new CallbackTokens([{ id: 'k', key: new Uint8Array(32) }], 'http://here'),
        effects: [{ name: 'work', run, ...effect }],
        openWork: async function* (dueBefore = Infinity) {
          for (const row of await open()) if (row.run || (row.due ?? Infinity) <= dueBefore) yield row;
        },
        othersDead,
        worker,
        shared,
        graceMs,
        observe: { stuck: (stream, error) => stuck.push(`${stream}: ${String(error)}`) },
      }).register('job', decider);
      if (paused) runtime.pause();
      await runtime.start();
      return runtime;
    },
    types: async (stream) => (await read(stream)).map((event) => event.type),
    data: async (stream, type) =>
      (await read(stream)).filter((e) => e.type === type).map((e) => JSON.parse(e.data) as Record<string, unknown>),
    async advance(ms) {
      for (let left = ms; left > 0; left -= 100) {
        clock.advance(Math.min(100, left));
        await settle();
      }
    },
  };
}
