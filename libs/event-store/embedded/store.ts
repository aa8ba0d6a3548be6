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
import { LOG_DB, openDatabase, readLogId, readMeta, readNumber, writeMeta } from './database.js';
import { Heads, TypeCodes } from './names.js';
import { ownDirectory } from './ownership.js';
import { Reader } from './reader.js';
import { storeError } from './sqlite-errors.js';
import { checkSince } from './startup-check.js';
import { follow, Wakeups } from './wakeups.js';
import { keepWal, preallocateWal } from './write-ahead-log.js';
import { Writer } from './writer.js';

export interface EmbeddedOptions {
  readonly directory: string;
  /** Goes on although the log ends before its last clean stop, with a warning. */
  readonly acceptLoss?: boolean;
  /** Opens a log that was moved to another store, to compare the two; nothing may be appended to it any more. */
  readonly evenMoved?: boolean;
  readonly onWarning?: (message: string) => void;
  /** Size the write-ahead log is given when the start is confirmed, in bytes; default 24 MiB, 0 for none. */
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
    const letWalGo = keepWal(file);
    db = openDatabase(file);
    const store = new EmbeddedStore(db, options, release, letWalGo);
    checkStart(db, store, options);
    return store;
  } catch (error) {
    if (db?.isOpen) db.close();
    release();
    throw storeError(error, 'read');
  }
}

function checkStart(db: DatabaseSyncInstance, store: EmbeddedStore, options: EmbeddedOptions): void {
  if (readMeta(db, MOVED) !== undefined && !options.evenMoved) throw moved(options.directory);
  const clean = readNumber(db, 'clean_position');
  if (clean > store.position) {
    const message = `the log ends at ${store.position}, but it was stopped at ${clean}: acknowledged events are missing`;
    if (!options.acceptLoss) throw new Corrupt(message);
    options.onWarning?.(message);
  }
  const rows = checkSince(db, clean, store.typeName);
  if (rows === 0 && clean === store.position) return;
  options.onWarning?.(`the last stop was not clean; ${rows} records since then were checked and are whole`);
}

/** The log in one SQLite file. Made by {@link openEmbeddedStore}. */
export class EmbeddedStore implements EventStore {
  readonly logId: string;
  readonly directory: string;
  /** Law 7: the directory's lock was free, so whoever ran here before is proven dead. */
  readonly previousOwnerDead = true;
  private readonly wakeups = new Wakeups();
  private readonly types: TypeCodes;
  private readonly reader: Reader;
  private readonly writer: Writer;
  private open = true;
  private confirmed = false;

  constructor(
    /** For maintenance only. */
    readonly db: DatabaseSyncInstance,
    private readonly options: EmbeddedOptions,
    private readonly release: () => void,
    private readonly letWalGo: () => void,
  ) {
    this.directory = options.directory;
    this.logId = readLogId(db);
    const heads = new Heads(db);
    this.types = new TypeCodes(db);
    this.reader = new Reader(db, heads, this.types);
    this.writer = new Writer(db, heads, this.types, this.reader, () => this.written());
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
    this.begin();
    writeMeta(this.db, MOVED, logId);
  }

  /**
   * What the start has found is all that was acknowledged: the next start checks the rows behind it only. Before this, or an append,
   * nothing is written, not even by `close`: what SQLite cut off the write-ahead log is still in the file, and a write would go over it.
   * Throws `disk_full` where there is no space for the write-ahead log.
   */
  confirm(): void {
    this.begin();
    try {
      preallocateWal(this.db, join(this.directory, LOG_DB), this.options.walBytes ?? WAL_BYTES);
    } catch (error) {
      throw storeError(error, 'write');
    }
    this.mark();
  }

  async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    this.writer.drain();
    this.wakeups.close();
    if (this.confirmed) this.mark();
    this.db.close();
    this.release();
  }

  private written(): void {
    this.begin();
    this.wakeups.wake();
  }

  private begin(): void {
    if (this.confirmed) return;
    this.confirmed = true;
    this.letWalGo();
  }

  private mark(): void {
    try {
      if (readNumber(this.db, 'clean_position') !== this.position) writeMeta(this.db, 'clean_position', this.position);
    } catch {
      // A full disk: the next start checks the rows since the mark that is there.
    }
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
