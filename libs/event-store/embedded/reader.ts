import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { decodeRow, type AppendRow } from './body.js';
import { StreamNames, type Heads, type TypeCodes } from './names.js';
import {
  position,
  type AllPage,
  type EventFilter,
  type Position,
  type Revision,
  type StoredEvent,
  type StreamName,
  type StreamPage,
} from '../port.js';
import { Corrupt } from '../errors.js';
import { matcher, pageSize, streamMatcher } from '../rules.js';

/** Rows of one read; a page is short rather than long, so that no read holds the event loop or the write-ahead log. */
const ROWS = 128;
const MAX_ROWS_FILTERED = 2048;
const MAX_CHARACTERS = 4 * 1024 * 1024;
const COLUMNS = 'position, stream_id, revision, body, hash FROM appends';

/** Columns of a row in the order of {@link COLUMNS}: arrays are made in two thirds of the time of objects. */
type Columns = readonly [position: number, streamId: number, revision: number, body: string, hash: string];

/**
 * Pages of a stream or of the whole log. The checksum of every row of a stream that is asked for is checked as it is read, and that none is
 * missing before its head: rows of a stream are found through an index, which may be damaged where they are not. The head is found through the
 * same index, so a stream may still be taken for shorter at its end, and be appended to there; only a verification of the log finds that.
 */
export class Reader {
  private readonly forwards: StatementSyncInstance;
  private readonly backwards: StatementSyncInstance;
  private readonly everything: StatementSyncInstance;
  private readonly names: StreamNames;

  constructor(
    db: DatabaseSyncInstance,
    private readonly heads: Heads,
    private readonly types: TypeCodes,
  ) {
    this.names = new StreamNames(db);
    this.forwards = db.prepare(`SELECT ${COLUMNS} WHERE stream_id = ? AND revision >= ? ORDER BY revision LIMIT ?`);
    // The row that holds `from` ends at the smallest last revision not below it.
    this.backwards = db.prepare(
      `SELECT ${COLUMNS} WHERE stream_id = ?1 AND revision <=
       coalesce((SELECT min(revision) FROM appends WHERE stream_id = ?1 AND revision >= ?2), 9e15)
       ORDER BY revision DESC LIMIT ?3`,
    );
    this.everything = db.prepare(`SELECT ${COLUMNS} WHERE position > ? ORDER BY position LIMIT ?`);
    this.everything.setReturnArrays(true);
  }

  stream(
    stream: StreamName,
    options: { from?: Revision; direction?: 'forwards' | 'backwards'; limit?: number } = {},
  ): StreamPage {
    const head = this.heads.get(stream);
    const backwards = options.direction === 'backwards';
    const from = options.from ?? (backwards ? head.revision : 0);
    if (head.revision < 0 || (!backwards && from > head.revision)) return { events: [], end: true };
    const limit = pageSize(options.limit);
    const statement = backwards ? this.backwards : this.forwards;
    const [step, end] = backwards ? [-1, 0] : [1, head.revision];
    const events: StoredEvent[] = [];
    let characters = 0;
    let next: number = backwards ? Math.min(from, head.revision) : from;
    while ((end - next) * step >= 0 && events.length < limit && characters < MAX_CHARACTERS) {
      const rows = statement.all(head.id, next, Math.min(ROWS, limit + 1)) as unknown as AppendRow[];
      if (rows.length === 0) throw gone(stream, next);
      for (const row of rows) {
        for (const event of this.rowEvents(row, stream, backwards, next)) {
          if (events.length >= limit) break;
          if (event.revision !== next) throw gone(stream, next);
          events.push(event);
          next += step;
        }
        characters += row.body.length;
        if (events.length >= limit || characters >= MAX_CHARACTERS) break;
      }
    }
    const last = events.at(-1)?.revision;
    return { events, end: last === undefined || (backwards ? last === 0 : last >= head.revision) };
  }

  /** Behind `after`, up to the log's head. A filter may leave a page empty; `next` has moved all the same. */
  all(after: Position, head: Position, filter?: EventFilter, limit?: number): AllPage {
    const wanted = pageSize(limit);
    const matches = matcher(filter);
    const mayMatch = streamMatcher(filter);
    const events: StoredEvent[] = [];
    let next: number = after;
    let rowsRead = 0;
    let characters = 0;
    while (next < head && events.length < wanted && rowsRead < MAX_ROWS_FILTERED && characters < MAX_CHARACTERS) {
      const rows = this.everything.all(next, Math.min(ROWS, wanted)) as unknown as Columns[];
      if (rows.length === 0) break;
      for (const [at, stream_id, revision, body, hash] of rows) {
        rowsRead++;
        const stream = this.names.get(stream_id);
        if (!mayMatch(stream)) {
          next = at;
          continue;
        }
        characters += body.length;
        for (const event of decodeRow({ position: at, stream_id, revision, body, hash }, stream, this.types.nameOf)) {
          if (event.position <= next) continue;
          if (events.length >= wanted) break;
          next = event.position;
          if (matches(event)) events.push(event);
        }
        if (events.length >= wanted || characters >= MAX_CHARACTERS) break;
      }
    }
    return { events, next: position(next), end: next >= head };
  }

  private rowEvents(row: AppendRow, stream: StreamName, backwards: boolean, from: number): StoredEvent[] {
    const events = decodeRow(row, stream, this.types.nameOf);
    return backwards
      ? events.filter((event) => event.revision <= from).reverse()
      : events.filter((event) => event.revision >= from);
  }
}

const gone = (stream: StreamName, revision: number) =>
  new Corrupt(`${stream}@${revision}: the record is not found`, { stream, revision });
