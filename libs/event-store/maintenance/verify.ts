import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { chainNext, chainStart, type ChainState } from '../chain.js';
import { readNumber } from '../embedded/database.js';
import { TypeCodes } from '../embedded/names.js';
import { walkRows } from '../embedded/startup-check.js';
import { Corrupt } from '../errors.js';
import { START, type EventStore, type StoredEvent } from '../port.js';
import { openToRead } from './read.js';

export interface VerifyReport {
  readonly ok: boolean;
  readonly events: number;
  readonly streams: number;
  /** The first record that is not what was written. */
  readonly firstBad?: {
    readonly message: string;
    readonly stream?: string;
    readonly revision?: number;
    readonly row?: number;
  };
}

/** How many events were checked so far. */
export type Progress = (events: number) => void;

const PROGRESS_EVERY = 10_000;

/**
 * Checks every record and the hash chain of every stream, of an open store or of a data directory (which may be in use). Stops at the
 * first damage and reports it; throws only when there is no log or its format is newer.
 */
export async function verifyLog(source: EventStore | string, onProgress?: Progress): Promise<VerifyReport> {
  const chains = new Map<string, ChainState>();
  let events = 0;
  try {
    for await (const event of typeof source === 'string' ? eventsIn(source) : eventsOf(source)) {
      chains.set(event.stream, chainNext(chains.get(event.stream) ?? chainStart, event));
      if (++events % PROGRESS_EVERY === 0) onProgress?.(events);
    }
  } catch (error) {
    if (!(error instanceof Corrupt)) throw error;
    return { ok: false, events, streams: chains.size, firstBad: { message: error.message, ...error.at } };
  }
  onProgress?.(events);
  return { ok: true, events, streams: chains.size };
}

/** Every event of a store behind a position, in log order, read page by page. */
export async function* eventsOf(store: EventStore, from = START): AsyncGenerator<StoredEvent, void, void> {
  for (let after = from; ;) {
    const page = await store.readAll({ after });
    yield* page.events;
    if (page.end) return;
    after = page.next;
  }
}

function* eventsIn(directory: string): Generator<StoredEvent> {
  const db = openToRead(directory);
  try {
    let last = 0;
    for (const { row, events } of walkRows(db, 0, new TypeCodes(db).nameOf)) {
      last = row.position;
      yield* events;
    }
    const clean = readNumber(db, 'clean_position');
    if (clean > last)
      throw new Corrupt(`the log ends at row ${last}, but it was stopped at ${clean}`, { row: last + 1 });
    checkFile(db);
  } finally {
    db.close();
  }
}

/** What the records do not tell: above all whether each is in the index through which its stream is read. */
function checkFile(db: DatabaseSyncInstance): void {
  const { integrity_check: found } = db.prepare('PRAGMA integrity_check(1)').get() as { integrity_check: string };
  if (found !== 'ok') throw new Corrupt(`the log's file is damaged: ${found}`);
}
