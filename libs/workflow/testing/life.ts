import { EventLog, type EventRegistry, type EventStore } from '#event-store';
import { CallbackTokens, Runtime, type AnyDecider, type Effect, type OpenWork } from '#runtime';
import { openWork, SeededIds, type SimulatedStore, type VirtualClock } from '#testing';

interface LifeParts {
  readonly log: SimulatedStore;
  /** The same as the process sees it. */
  readonly store: EventStore;
  readonly clock: VirtualClock;
  readonly registry: EventRegistry;
  readonly deciders: Readonly<Record<string, AnyDecider>>;
  readonly effects: (runtime: () => Runtime) => readonly Effect[];
  readonly stuck: (stream: string, error: unknown) => void;
}

/** One life of a process: the shipped runner over the log. Its predecessor is known to be dead, as the embedded store's lock proves. */
export function beginLife({ log, store, clock, registry, deciders, effects, stuck }: LifeParts): Runtime {
  const runtime: Runtime = new Runtime({
    log: new EventLog(store, registry),
    clock,
    ids: new SeededIds(clock, 1),
    tokens: new CallbackTokens([{ id: 'test', key: new Uint8Array(32) }], 'http://127.0.0.1'),
    effects: effects(() => runtime),
    openWork: (dueBefore): AsyncIterable<OpenWork> => openWork(log, dueBefore),
    othersDead: true,
    observe: { stuck },
  });
  for (const [category, decider] of Object.entries(deciders)) runtime.register(category, decider);
  void runtime.start();
  return runtime;
}

/** Every stream there is, in the order of their first events. */
export async function streamsOf(log: SimulatedStore): Promise<readonly string[]> {
  const streams = new Set<string>();
  for (let after = 0, end = false; !end;) {
    const page = await log.readAll({ after: after as never });
    for (const { stream } of page.events) streams.add(stream);
    [after, end] = [page.next, page.end];
  }
  return [...streams];
}
