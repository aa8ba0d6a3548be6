import { Corrupt, position, revision, type EventStore, type StoredEvent } from '#event-store';
import { Chains } from './chains.js';
import type { Finding } from './evidence.js';

/** One stream, or all streams of one category. */
export type Scope = { readonly stream: string } | { readonly category: string };

/** Where a verification of a scope stands: chains are taken up from the log itself, so this is all there is to know. */
export interface ScopeProgress {
  /** Of a stream: the next revision. Of a category: the position in the log to read on behind. */
  readonly at: number;
  /** Events checked from the start up to here. */
  readonly count: number;
}

export interface ScopeVerdict {
  readonly ok: boolean;
  /** Streams that this part has met. */
  readonly streams: number;
  readonly events: number;
  /** Position of what was checked last; 0 before the first event. */
  readonly position: number;
  readonly progress: ScopeProgress;
  readonly end: boolean;
  readonly firstBad?: Finding;
}

const PAGE = 1_000;
const START: ScopeProgress = { at: 0, count: 0 };

interface Page {
  readonly events: readonly StoredEvent[];
  readonly next: number;
  readonly end: boolean;
}

/** Checks the chains of a scope up to its end, or until about `limit` events were read. Goes on from `from`. The first bad event ends it. */
export async function verifyScope(
  store: EventStore,
  scope: Scope,
  { from = START, limit = Infinity }: { readonly from?: ScopeProgress; readonly limit?: number } = {},
): Promise<ScopeVerdict> {
  const chains = new Chains(store);
  const streams = new Set<string>();
  let { at, count } = from;
  let last = 0;
  const verdict = (end: boolean, firstBad?: Finding): ScopeVerdict => {
    const seen = { streams: streams.size, events: count, position: last, progress: { at, count } };
    return { ok: firstBad === undefined, ...seen, end, ...(firstBad && { firstBad }) };
  };
  try {
    for (;;) {
      const page = await pageOf(store, scope, at, Math.min(PAGE, limit));
      for (const event of page.events) {
        await chains.next(event);
        streams.add(event.stream);
        last = event.position;
        count++;
      }
      at = page.next;
      if (page.end) return verdict(true);
      if (count - from.count >= limit) return verdict(false);
    }
  } catch (error) {
    if (!(error instanceof Corrupt)) throw error;
    const { stream = '', revision: bad = -1 } = error.at;
    return verdict(false, { stream, revision: bad, reason: error.message });
  }
}

async function pageOf(store: EventStore, scope: Scope, at: number, limit: number): Promise<Page> {
  if ('stream' in scope) {
    const { events, end } = await store.readStream(scope.stream, { from: revision(at), limit });
    return { events, next: at + events.length, end: end || events.length === 0 };
  }
  const filter = { streamPrefixes: [`${scope.category}-`] };
  return store.readAll({ after: position(at), filter, limit });
}
