import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { join } from 'node:path';
import { Corrupt, StoreError, StoreUnavailable } from '../errors.js';
import type {
  AllPage,
  Appended,
  Delivery,
  EncodedEvent,
  EventFilter,
  EventStore,
  ExpectedRevision,
  Position,
  Revision,
  StreamName,
  StreamPage,
} from '../port.js';
import { LOG_DB, openDatabase, preallocateWal, readMeta, writeMeta } from './database.js';
import { Heads, TypeCodes } from './names.js';
import { ownDirectory } from './ownership.js';
import { Reader } from './reader.js';
import { storeError } from './sqlite-errors.js';
import { checkSince } from './startup-check.js';
import { follow, Wakeups } from './wakeups.js';
import { Writer } from './writer.js';

export interface EmbeddedOptions {
  readonly directory: string;
  /** Goes on although the log ends before its last clean stop, with a warning. */
  readonly acceptLoss?: boolean;
  /** Opens a log that was moved to another store, to compare the two; nothing may be appended to it any more. */
  readonly evenMoved?: boolean;
  readonly onWarning?: (message: string) => void;
  /** Size the write-ahead log is given at open, in bytes; default 24 MiB, 0 for none. */
  readonly walBytes?: number;
}

/** In `meta`: id of the log that goes on in place of this one. */
const MOVED = 'moved_to';
const WAL_BYTES = 24 * 1024 * 1024;

/**
 * Opens or creates the log in a directory and owns the directory until it is closed. Throws StoreErrors: `directory_in_use`,
 * `newer_format`, `log_moved`, or `corrupt` when a row written since the last clean stop is damaged or acknowledged events are missing.
 */
export async function openEmbeddedStore(options: EmbeddedOptions): Promise<EmbeddedStore> {
  const release = ownDirectory(options.directory);
  let db: DatabaseSyncInstance | undefined;
  try {
    const file = join(options.directory, LOG_DB);
    db = openDatabase(file);
    const store = new EmbeddedStore(db, options.directory, release);
    checkStart(db, store, options);
    preallocateWal(db, file, options.walBytes ?? WAL_BYTES);
    return store;
  } catch (error) {
    if (db?.isOpen) db.close();
    release();
    throw storeError(error, 'read');
  }
}

function checkStart(db: DatabaseSyncInstance, store: EmbeddedStore, options: EmbeddedOptions): void {
  if (readMeta(db, MOVED) !== undefined && !options.evenMoved) throw moved(options.directory);
  const clean = Number(readMeta(db, 'clean_position') ?? 0);
  if (clean > store.position) {
    const message = `the log ends at ${store.position}, but it was stopped at ${clean}: acknowledged events are missing`;
    if (!options.acceptLoss) throw new Corrupt(message);
    options.onWarning?.(message);
  }
  const rows = checkSince(db, clean, store.typeName);
  if (rows === 0 && clean === store.position) return;
  options.onWarning?.(`the last stop was not clean; ${rows} records since then were checked and are whole`);
  writeMeta(db, 'clean_position', store.position);
}

/** The log in one SQLite file. Made by {@link openEmbeddedStore}. */
export class EmbeddedStore implements EventStore {
  readonly logId: string;
  /** Law 7: the directory's lock was free, so whoever ran here before is proven dead. */
  readonly previousOwnerDead = true;
  private readonly wakeups = new Wakeups();
  private readonly types: TypeCodes;
  private readonly reader: Reader;
  private readonly writer: Writer;
  private open = true;

  constructor(
    /** For maintenance only. */
    readonly db: DatabaseSyncInstance,
    readonly directory: string,
    private readonly release: () => void,
  ) {
    this.logId = readMeta(db, 'log_id')!;
    const heads = new Heads(db);
    this.types = new TypeCodes(db);
    this.reader = new Reader(db, heads, this.types);
    this.writer = new Writer(db, heads, this.types, this.reader, () => this.wakeups.wake());
  }

  /** Position of the last durable event. */
  get position(): Position {
    return this.writer.head;
  }

  /** For readers in other threads: see `openLogReader`. */
  get commits(): SharedArrayBuffer {
    return this.wakeups.commits;
  }

  get typeName(): (code: string) => string | undefined {
    return this.types.nameOf;
  }

  append(stream: StreamName, expected: ExpectedRevision, events: readonly EncodedEvent[]): Promise<Appended> {
    return this.open ? this.writer.append(stream, expected, events) : Promise.reject(closed());
  }

  async readStream(
    stream: StreamName,
    options?: { from?: Revision; direction?: 'forwards' | 'backwards'; limit?: number },
  ): Promise<StreamPage> {
    return this.reading(() => this.reader.stream(stream, options));
  }

  async readAll(options: { after: Position; filter?: EventFilter; limit?: number }): Promise<AllPage> {
    return this.reading(() => this.reader.all(options.after, this.position, options.filter, options.limit));
  }

  subscribe(options: { after: Position; filter?: EventFilter; signal: AbortSignal }): AsyncIterable<Delivery> {
    const read = (after: Position) => this.readAll({ after, filter: options.filter });
    return follow(this.wakeups, read, () => this.position, options);
  }

  async head(): Promise<Position> {
    return this.reading(() => this.position);
  }

  /** From now on another log goes on in place of this one: it is not opened again for writing, so that nothing is done twice. */
  markMoved(logId: string): void {
    writeMeta(this.db, MOVED, logId);
  }

  async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    this.writer.drain();
    this.wakeups.close();
    try {
      writeMeta(this.db, 'clean_position', this.position);
    } catch {
      // A full disk: the next start checks the rows since the mark that is there.
    }
    this.db.close();
    this.release();
  }

  private reading<T>(read: () => T): T {
    if (!this.open) throw closed();
    try {
      return read();
    } catch (error) {
      throw storeError(error, 'read');
    }
  }
}

const moved = (directory: string) =>
  new StoreError(
    'log_moved',
    `the log in ${directory} was moved to EventStoreDB and goes on there; set PURVEYOR_EVENT_STORE to its connection string`,
  );

const closed = () => new StoreUnavailable('the log is closed', true);
