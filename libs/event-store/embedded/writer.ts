import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { checkSize } from '../rules.js';
import { checkedHash } from './append-check.js';
import { AppendRows } from './append-rows.js';
import { encodeBody } from './body.js';
import type { Head, Heads, TypeCodes } from './names.js';
import type { Reader } from './reader.js';
import { storeError } from './sqlite-errors.js';
import { Corrupt, StoreUnavailable, WrongExpectedRevision } from '../errors.js';
import {
  position,
  revision,
  type Appended,
  type EncodedEvent,
  type ExpectedRevision,
  type Position,
  type StreamName,
} from '../port.js';

/** More would block the event loop for tens of milliseconds. */
const MAX_GROUP = 512;

interface Pending {
  readonly stream: StreamName;
  readonly expected: ExpectedRevision;
  readonly events: readonly EncodedEvent[];
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
  answer?: Appended;
  refusal?: Error;
}

/** The one writer: appends made in one turn of the event loop share a commit, and are acknowledged after it. */
export class Writer {
  private queue: Pending[] = [];
  private scheduled = false;
  private last: number;
  private lastStream: number;
  private readonly rows: AppendRows;
  private readonly insertStream: StatementSyncInstance;

  constructor(
    private readonly db: DatabaseSyncInstance,
    private readonly heads: Heads,
    private readonly types: TypeCodes,
    private readonly reader: Reader,
    private readonly committed: () => void,
  ) {
    this.rows = new AppendRows(db);
    this.insertStream = db.prepare('INSERT INTO streams(id, name) VALUES(?, ?)');
    this.last = this.count('SELECT max(position) AS n FROM appends');
    this.lastStream = this.count('SELECT max(id) AS n FROM streams');
  }

  /** Position of the last committed event. */
  get head(): Position {
    return position(this.last);
  }

  append(stream: StreamName, expected: ExpectedRevision, events: readonly EncodedEvent[]): Promise<Appended> {
    return new Promise((resolve, reject) => {
      checkSize(stream, events);
      this.queue.push({ stream, expected, events, resolve, reject });
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  /** Writes what is queued, whatever its number. */
  drain(): void {
    while (this.queue.length > 0) this.flush();
  }

  private flush(): void {
    const group = this.queue.length <= MAX_GROUP ? this.queue : this.queue.slice(0, MAX_GROUP);
    this.queue = group === this.queue ? [] : this.queue.slice(MAX_GROUP);
    this.scheduled = this.queue.length > 0;
    if (this.scheduled) setImmediate(() => this.flush());
    if (group.length === 0) return;
    const before = { last: this.last, lastStream: this.lastStream };
    try {
      this.writeGroup(group);
    } catch (error) {
      this.last = before.last;
      this.lastStream = before.lastStream;
      for (const pending of group) pending.reject(error as Error);
      return;
    }
    for (const pending of group) {
      if (pending.refusal) pending.reject(pending.refusal);
      else pending.resolve(pending.answer!);
    }
    if (this.last > before.last) this.committed();
  }

  private writeGroup(group: readonly Pending[]): void {
    let during: 'write' | 'commit' = 'write';
    try {
      this.db.exec('BEGIN IMMEDIATE');
      for (const pending of group) this.write(pending);
      this.rows.flush();
      during = 'commit';
      this.db.exec('COMMIT');
    } catch (error) {
      const failure = this.undo() ? storeError(error, during) : new StoreUnavailable(String(error), false);
      throw failure;
    }
  }

  /** A bad append is refused before its insert, so that the others of its group land. Only the disk's errors are thrown. */
  private write(pending: Pending): void {
    const { stream, expected, events } = pending;
    const head = this.heads.get(stream);
    if (events.length === 0) {
      pending.answer = { revision: revision(head.revision), position: this.head };
      return;
    }
    if (head.revision !== (expected === 'no_stream' ? -1 : expected)) {
      this.repeat(pending, head);
      return;
    }
    let hash: string;
    try {
      hash = checkedHash(stream, head.revision, head.hash, events);
    } catch (error) {
      pending.refusal = error as Error;
      return;
    }
    pending.answer = this.store(stream, head, events, hash);
  }

  private store(stream: StreamName, head: Head, events: readonly EncodedEvent[], hash: string): Appended {
    const id = head.id || ++this.lastStream;
    if (head.id === 0) this.insertStream.run(id, stream);
    const at = head.revision + events.length;
    const body = encodeBody(events, this.types.codeOf);
    this.last += events.length;
    this.rows.add(this.last, id, at, body, hash);
    this.heads.set(stream, { id, revision: at, hash });
    return { revision: revision(at), position: position(this.last) };
  }

  private repeat(pending: Pending, head: Head): void {
    const { stream, expected } = pending;
    try {
      pending.answer = this.repeated(pending, head);
    } catch (error) {
      // A damaged record is of this stream; the others of the group have nothing to do with it.
      if (!(error instanceof Corrupt)) throw error;
      pending.refusal = error;
      return;
    }
    const actual = head.revision < 0 ? 'no_stream' : revision(head.revision);
    if (pending.answer === undefined) pending.refusal = new WrongExpectedRevision(stream, expected, actual);
  }

  /** The answer of the first time, when the events behind `expected` begin with these ids in this order. */
  private repeated({ stream, expected, events }: Pending, head: Head): Appended | undefined {
    const first = expected === 'no_stream' ? 0 : expected + 1;
    if (head.revision < first + events.length - 1) return undefined;
    this.rows.flush();
    let seen = 0;
    while (seen < events.length) {
      const page = this.reader.stream(stream, { from: revision(first + seen), limit: events.length - seen });
      for (const stored of page.events) {
        if (stored.id !== events[seen]?.id) return undefined;
        if (++seen === events.length) return { revision: stored.revision, position: stored.position };
      }
    }
    return undefined;
  }

  /** False when the transaction could not be ended: then nothing is known about it. */
  private undo(): boolean {
    this.heads.clear();
    this.rows.forget();
    try {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      this.types.reload();
      return true;
    } catch {
      return false;
    }
  }

  private count(sql: string): number {
    return Number((this.db.prepare(sql).get() as { n: number | null }).n ?? 0);
  }
}
