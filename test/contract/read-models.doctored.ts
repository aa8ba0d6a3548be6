import type { EventStore, StoredEvent } from '#event-store';
import type { Projection, ProjectionRun, Value } from '#read-models';

/** A store that delivers every batch twice over, each event twice in a row. */
export function stutter(store: EventStore): EventStore {
  const twice = (events: readonly StoredEvent[]) => events.flatMap((event) => [event, event]);
  const other = Object.create(store) as EventStore;
  other.subscribe = async function* (options) {
    for await (const delivery of store.subscribe(options))
      yield delivery.kind === 'events' ? { ...delivery, events: twice(delivery.events) } : delivery;
  };
  return other;
}

/** A store that delivers no further than `position`. */
export function stopsAfter(store: EventStore, position: number): EventStore {
  const other = Object.create(store) as EventStore;
  other.readAll = async (options) => {
    const events = (await store.readAll(options)).events.filter((event) => event.position <= position);
    if (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    return { events, next: events.at(-1)?.position ?? options.after, end: false };
  };
  other.subscribe = async function* (options) {
    for await (const delivery of store.subscribe(options)) {
      if (delivery.kind !== 'events') continue;
      const events = delivery.events.filter((event) => event.position <= position);
      yield { ...delivery, events, position: events.at(-1)!.position };
      await new Promise((resolve) => options.signal.addEventListener('abort', resolve, { once: true }));
      return;
    }
  };
  return other;
}

/** A store that notes from where it is read page by page. */
export function noting(store: EventStore, read: number[]): EventStore {
  const other = Object.create(store) as EventStore;
  other.readAll = (options) => {
    read.push(options.after);
    return store.readAll(options);
  };
  return other;
}

/** The next version of a view: names in capitals. */
export const louder = (projection: Projection): Projection => ({
  ...projection,
  version: projection.version + 1,
  begin() {
    const run = projection.begin();
    return Object.assign(Object.create(run) as ProjectionRun, {
      flush: () =>
        run.flush().map((change) => ({ ...change, upserts: change.upserts.map(inCapitals(change.table.columns)) })),
    });
  },
});
const inCapitals = (columns: readonly string[]) => (values: readonly Value[]) =>
  values.map((value, i) => (columns[i] === 'name' ? String(value).toUpperCase() : value));
