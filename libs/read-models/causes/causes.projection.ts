import type { RecordedEvent } from '#event-store';
import type { Change, Value } from '../database/view-store.js';
import { keepRecent } from '../projector/keep-recent.js';
import type { Projection, ProjectionRun } from '../projector/projection.js';

const TABLE = {
  name: 'causes',
  columns: ['cause', 'stream', 'revision', 'position'],
  key: ['cause', 'stream'],
  firstStays: true,
};

/** Longer than any id of ours; what somebody outside sent as the id of a callback may be longer, and nobody looks for it. */
const LONGEST_CAUSE = 400;
/** Pairs that are known to be written; the events of one flow come close together. */
const KEPT = 10_000;

/**
 * The request that sent a command to another stream (`stream/step/generation`, law 10). What a stream does by itself is found in it, and
 * correlation ids have no slash.
 */
const sentBy = ({ stream, metadata: { $causationId: cause } }: RecordedEvent): boolean =>
  cause.includes('/') && !cause.startsWith(`${stream}/`);

/** Where each flow, and each command that a request sent, first shows in a stream. */
class Causes implements ProjectionRun {
  private readonly known = new Set<string>();
  private readonly batch = new Map<string, readonly Value[]>();
  private last: RecordedEvent | undefined;

  add(event: RecordedEvent): void {
    // Of one append, whose events carry the same metadata, the first tells all; those that begin two streams may be the same, too.
    if (event.metadata === this.last?.metadata && event.stream === this.last.stream) return;
    this.last = event;
    const { $correlationId, $causationId } = event.metadata;
    this.note($correlationId, event);
    if (sentBy(event)) this.note($causationId, event);
  }

  private note(cause: string, { stream, revision, position }: RecordedEvent): void {
    if (cause === '' || cause.length > LONGEST_CAUSE) return;
    const pair = `${cause}\n${stream}`;
    if (!this.known.has(pair) && !this.batch.has(pair)) this.batch.set(pair, [cause, stream, revision, position]);
  }

  flush(): readonly Change[] {
    const upserts = [...this.batch.values()];
    for (const pair of this.batch.keys()) this.known.add(pair);
    keepRecent(this.known, KEPT);
    this.batch.clear();
    return [{ table: TABLE, upserts, removals: [] }];
  }

  drop(): void {
    this.last = undefined;
    this.known.clear();
    this.batch.clear();
  }
}

/** The index behind the trees of causes: a few rows for each flow, whatever it did. */
export const causesProjection: Projection = {
  name: 'causes',
  version: 1,
  tables: [TABLE],
  readsData: () => false,
  begin: () => new Causes(),
};
