import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';

/** Event types and their codes; few, all held. */
export class TypeCodes {
  private readonly codes = new Map<string, number>();
  private readonly names = new Map<string, string>();
  private readonly insert: StatementSyncInstance;

  constructor(private readonly db: DatabaseSyncInstance) {
    this.insert = db.prepare('INSERT INTO types(code, name) VALUES(?, ?)');
    this.reload();
  }

  /** What a rolled-back transaction gave out is forgotten. */
  reload(): void {
    this.codes.clear();
    this.names.clear();
    for (const row of this.db.prepare('SELECT code, name FROM types').all()) {
      const { code, name } = row as { code: number; name: string };
      this.keep(name, code);
    }
  }

  readonly codeOf = (type: string): number => {
    const known = this.codes.get(type);
    if (known !== undefined) return known;
    const code = this.codes.size + 1;
    this.insert.run(code, type);
    this.keep(type, code);
    return code;
  };

  /** A code that is not held may have been given out through another connection. */
  readonly nameOf = (code: string): string | undefined => {
    if (!this.names.has(code)) this.reload();
    return this.names.get(code);
  };

  private keep(name: string, code: number): void {
    this.codes.set(name, code);
    this.names.set(String(code), name);
  }
}

/** Where a stream stands; revision -1 and id 0 while it does not exist. */
export interface Head {
  readonly id: number;
  readonly revision: number;
  readonly hash: string;
}

const MAX_HEADS = 20_000;
const NO_HEAD: Head = { id: 0, revision: -1, hash: '' };

/**
 * Bounded cache of stream heads, also of streams that are not there, in two generations: when the young one is full it becomes the old
 * one, and what nobody asked for since is gone. (Deleting the oldest entry of one map costs a walk over what was deleted before.)
 */
export class Heads {
  private young = new Map<string, Head>();
  private old = new Map<string, Head>();
  private readonly find: StatementSyncInstance;

  constructor(db: DatabaseSyncInstance) {
    this.find = db.prepare(
      `SELECT s.id, a.revision, a.hash FROM streams s JOIN appends a ON a.stream_id = s.id
       WHERE s.name = ? ORDER BY a.revision DESC LIMIT 1`,
    );
  }

  get(stream: string): Head {
    const young = this.young.get(stream);
    if (young !== undefined) return young;
    const head = this.old.get(stream) ?? (this.find.get(stream) as Head | undefined) ?? NO_HEAD;
    this.set(stream, head);
    return head;
  }

  set(stream: string, head: Head): void {
    this.young.set(stream, head);
    if (this.young.size < MAX_HEADS / 2) return;
    this.old = this.young;
    this.young = new Map();
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }
}
