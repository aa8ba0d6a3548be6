import {
  EventLog,
  EventRegistry,
  position,
  START,
  type EventSpec,
  type EventStore,
  type RecordedEvent,
  type StoredEvent,
} from '#event-store';
import type { Decode } from '#read-models';

/** What the runner made of a random schedule with crashes, lost answers and people who meddle. */
export interface Run {
  readonly store: EventStore;
  readonly decode: Decode;
  readonly events: readonly RecordedEvent[];
  /** By category. */
  readonly deciders: Readonly<Record<string, AnyFold>>;
}

/** How a context folds its events. */
interface AnyFold {
  initial(): unknown;
  evolve(state: never, event: never): unknown;
}

/** What is in a store, read by the events of a registry. */
export async function runOf(
  simulated: EventStore,
  specs: readonly EventSpec<string, never>[],
  deciders: Run['deciders'],
): Promise<Run> {
  const store = inWholeMs(simulated);
  const log = new EventLog(store, new EventRegistry().register(specs));
  const decode: Decode = (stored) => log.decode(stored);
  const events: RecordedEvent[] = [];
  for (let after = START, end = false; !end;) {
    const page = await store.readAll({ after });
    events.push(...page.events.map(decode));
    [after, end] = [page.next, page.end];
  }
  return { store, decode, events, deciders };
}

/** The log as a real clock would have made it: the simulated one has fractions, which no column takes. */
function inWholeMs(store: EventStore): EventStore {
  const whole = Object.create(store) as EventStore;
  whole.readAll = async (options) => {
    const page = await store.readAll(options);
    return { ...page, events: page.events.map(rounded) };
  };
  whole.subscribe = async function* (options) {
    for await (const delivery of store.subscribe(options))
      yield delivery.kind === 'events' ? { ...delivery, events: delivery.events.map(rounded) } : delivery;
  };
  return whole;
}

const INSTANT = /\b\d{12,}\.\d+\b/g;
const rounded = (stored: StoredEvent): StoredEvent => {
  const [data, metadata] = [stored.data, stored.metadata].map((text) =>
    text.replaceAll(INSTANT, (instant) => String(Math.round(Number(instant)))),
  ) as [string, string];
  return { ...stored, data, metadata };
};

/** The same log as it was when it ended with its event number `count`. */
export function cut({ store, decode, events, deciders }: Run, count: number): Run {
  const end = position(events[count - 1]!.position);
  const shorter = Object.create(store) as EventStore;
  shorter.head = async () => end;
  shorter.subscribe = async function* (options) {
    for await (const delivery of store.subscribe(options)) {
      if (delivery.kind === 'events')
        yield { ...delivery, events: delivery.events.filter((event) => event.position <= end), position: end };
      else yield { ...delivery, position: end };
    }
  };
  return { store: shorter, decode, events: events.slice(0, count), deciders };
}
