import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { join } from 'node:path';
import { StoreUnavailable } from '../errors.js';
import {
  position,
  type AllPage,
  type Delivery,
  type EventFilter,
  type EventStore,
  type Position,
  type Revision,
  type StreamName,
  type StreamPage,
} from '../port.js';
import { LOG_DB, readLogId } from './database.js';
import { Heads, TypeCodes } from './names.js';
import { Reader } from './reader.js';
import { storeError } from './sqlite-errors.js';
import { RecentPages } from './recent-pages.js';
import { follow, SharedWakeups } from './wakeups.js';

/** Events of one read of a subscription: a thread of its own may be busy for longer, and writes each row once for all of them. */
const PAGE = 4_000;

/**
 * A second, read-only connection to a log that this process has open, for another thread: `commits` is that of the open store.
 * SQLite shares the file's locks between the connections of one process; nothing here opens the file in another way.
 */
export function openLogReader(options: { directory: string; commits: SharedArrayBuffer }): EventStore {
  const db = new DatabaseSync(join(options.directory, LOG_DB), { readOnly: true, timeout: 5_000 });
  return new LogReader(db, new SharedWakeups(options.commits));
}

class LogReader implements EventStore {
  readonly logId: string;
  private readonly heads: Heads;
  private readonly reader: Reader;
  private readonly recent = new RecentPages();
  private readonly last;

  constructor(
    private readonly db: DatabaseSyncInstance,
    private readonly wakeups: SharedWakeups,
  ) {
    this.logId = readLogId(db);
    this.heads = new Heads(db);
    this.reader = new Reader(db, this.heads, new TypeCodes(db));
    this.last = db.prepare('SELECT max(position) AS n FROM appends');
  }

  append(): Promise<never> {
    return Promise.reject(new StoreUnavailable('this connection to the log only reads', true));
  }

  /** The writer is another connection, so no head is held from one call to the next. */
  async readStream(
    stream: StreamName,
    options?: { from?: Revision; direction?: 'forwards' | 'backwards'; limit?: number },
  ): Promise<StreamPage> {
    this.heads.clear();
    return reading(() => this.reader.stream(stream, options));
  }

  async readAll(options: { after: Position; filter?: EventFilter; limit?: number }): Promise<AllPage> {
    return this.page(options);
  }

  subscribe(options: { after: Position; filter?: EventFilter; signal: AbortSignal }): AsyncIterable<Delivery> {
    const head = () => {
      this.wakeups.before();
      return this.position();
    };
    const { filter } = options;
    const read = (after: Position) => this.page({ after, filter, limit: PAGE });
    const shared = (after: Position) => this.recent.behind(after, read);
    return follow(this.wakeups, filter === undefined ? shared : read, head, options);
  }

  async head(): Promise<Position> {
    return reading(() => this.position());
  }

  async close(): Promise<void> {
    if (this.db.isOpen) this.db.close();
  }

  private page({ after, filter, limit }: { after: Position; filter?: EventFilter; limit?: number }): AllPage {
    return reading(() => this.reader.all(after, this.position(), filter, limit));
  }

  private position(): Position {
    return position(Number((this.last.get() as { n: number | null }).n ?? 0));
  }
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw storeError(error, 'read');
  }
}
