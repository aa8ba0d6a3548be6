import {
  categoryOf,
  chainNext,
  chainStart,
  Corrupt,
  START,
  type ChainState,
  type EventStore,
  type StoredEvent,
} from '#event-store';

export interface Verified {
  readonly ok: boolean;
  readonly streams: number;
  readonly events: number;
  /** The first event that is not what was written; the walk stops there. */
  readonly firstBad?: { readonly stream: string; readonly revision: number; readonly reason: string };
}

/** Walks the hash chain of one stream, of a category, or of the whole log. Holds one state per stream that it walks. */
export async function verifyStreams(
  store: EventStore,
  scope: { readonly stream?: string; readonly category?: string } = {},
): Promise<Verified> {
  const states = new Map<string, ChainState>();
  let events = 0;
  try {
    for await (const page of pages(store, scope))
      for (const event of page) {
        if (scope.category !== undefined && categoryOf(event.stream) !== scope.category) continue;
        states.set(event.stream, chainNext(states.get(event.stream) ?? chainStart, event));
        events++;
      }
  } catch (error) {
    if (!(error instanceof Corrupt)) throw error;
    const { stream = '', revision = -1 } = error.at;
    return { ok: false, streams: states.size, events, firstBad: { stream, revision, reason: error.message } };
  }
  return { ok: true, streams: states.size, events };
}

async function* pages(
  store: EventStore,
  { stream, category }: { readonly stream?: string; readonly category?: string },
): AsyncGenerator<readonly StoredEvent[]> {
  if (stream === undefined) {
    const filter = category === undefined ? undefined : { streamPrefixes: [`${category}-`] };
    for (let after = START, end = false; !end;) {
      const page = await store.readAll({ after, ...(filter && { filter }) });
      yield page.events;
      ({ next: after, end } = page);
    }
    return;
  }
  for (let from: StoredEvent['revision'] | undefined; ;) {
    const page = await store.readStream(stream, from === undefined ? {} : { from });
    yield page.events;
    const last = page.events.at(-1);
    if (page.end || last === undefined) return;
    from = (last.revision + 1) as StoredEvent['revision'];
  }
}
