import { Refusal } from '#kernel';
import { metadataOf, position, revision, START, type EventStore, type StoredEvent } from '#event-store';
import { Chains, checkAppend } from '../chains.js';
import { isGenuine, type Checkpoint } from '../checkpoint.js';
import { Gathering, type FlowPorts } from '../flow/gather.js';
import { noFlow } from '../flow/flow.js';
import { noStream } from '../point.js';

/** Instants in ms since the epoch, both inclusive; without one it is open at that end. */
export interface Period {
  readonly from?: number;
  readonly to?: number;
}
export type ExportScope =
  { readonly stream: string } | { readonly correlationId: string } | { readonly period: Period };

export interface SourcePorts extends FlowPorts {
  readonly store: EventStore;
  /** Of this log: they tell from where on a period can have begun. */
  readonly checkpoints: readonly Checkpoint[];
}

type Pages = AsyncGenerator<readonly StoredEvent[], void, void>;

const PAGE = 500;
/** No two clocks of our processes differ by more, ms. */
const SKEW_MS = 300_000;

/** What is exported, page by page. Chains are checked on the way: throws Corrupt. Refusals `not_found` 404, and `export_too_large` 422 for a flow that is not gathered as a whole. */
export function sourceOf(scope: ExportScope, ports: SourcePorts): Pages {
  if ('stream' in scope) return ofStream(ports.store, scope.stream);
  return 'period' in scope ? ofPeriod(ports, scope.period) : ofFlow(ports, scope.correlationId);
}

/** As it is told in what is signed. */
export function named(scope: ExportScope): string {
  if ('stream' in scope) return `stream ${scope.stream}`;
  if ('correlationId' in scope) return `correlation ${scope.correlationId}`;
  const { from, to } = scope.period;
  const instant = (at: number | undefined) => (at === undefined ? '-' : new Date(at).toISOString());
  return `period ${instant(from)} ${instant(to)}`;
}

async function* ofStream(store: EventStore, stream: string): Pages {
  const chains = new Chains(store);
  for (let from = 0, end = false; !end;) {
    const page = await store.readStream(stream, { from: revision(from), limit: PAGE });
    if (from === 0 && page.events.length === 0) throw noStream(stream);
    for (const event of page.events) await chains.next(event);
    yield page.events;
    from += page.events.length;
    end = page.end || page.events.length === 0;
  }
}

/** The appends of a flow, each whole. Streams have gaps in it, so their chains hold within an append and by the hash before it. */
async function* ofFlow(ports: SourcePorts, correlationId: string): Pages {
  const gathering = new Gathering(ports, correlationId);
  const appends = await gathering.appends();
  if (appends.length === 0) throw noFlow(correlationId);
  if (!gathering.complete)
    throw new Refusal(
      'export_too_large',
      422,
      'the flow is too large to be exported as one; export its streams, or its period',
    );
  for (const { stream, events } of appends) {
    const from = revision(events[0]!.revision);
    const stored = (await ports.store.readStream(stream, { from, limit: events.length })).events;
    checkAppend(stored);
    yield stored;
  }
}

/** Behind the last checkpoint that was signed before it, up to where the log has passed it for good. */
async function* ofPeriod({ store, checkpoints }: SourcePorts, { from = 0, to = Infinity }: Period): Pages {
  const chains = new Chains(store);
  const before = checkpoints.filter(({ time }) => time < from - SKEW_MS).sort((a, b) => b.position - a.position);
  for (let after = position(before.find(isGenuine)?.position ?? START), end = false; !end;) {
    const page = await store.readAll({ after, limit: PAGE });
    const times: number[] = [];
    for (const event of page.events) {
      await chains.next(event);
      times.push(metadataOf(event).time);
    }
    yield page.events.filter((_, i) => times[i]! >= from && times[i]! <= to);
    ({ next: after, end } = page);
    if (times.length > 0 && Math.min(...times) > to + SKEW_MS) return;
  }
}
