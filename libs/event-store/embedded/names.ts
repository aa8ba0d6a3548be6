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

const KEPT = 20_000;
const NO_HEAD: Head = { id: 0, revision: -1, hash: '' };

/**
 * Bounded cache in two generations: when the young one is full it becomes the old one, and what nobody asked for since is gone.
 * (Deleting the oldest entry of one map costs a walk over what was deleted before.)
 */
class Cache<K, V> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();

  constructor(private readonly find: (key: K) => V) {}

  get(key: K): V {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const value = this.old.get(key) ?? this.find(key);
    this.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.young.set(key, value);
    if (this.young.size < KEPT / 2) return;
    this.old = this.young;
    this.young = new Map();
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }
}

/** Heads of streams, also of those that are not there. */
export class Heads extends Cache<string, Head> {
  constructor(db: DatabaseSyncInstance) {
    const head = db.prepare(
      `SELECT s.id, a.revision, a.hash FROM streams s JOIN appends a ON a.stream_id = s.id
       WHERE s.name = ? ORDER BY a.revision DESC LIMIT 1`,
    );
    super((stream) => (head.get(stream) as Head | undefined) ?? NO_HEAD);
  }
}

/** Made one after the other, streams are also met so when the log is read from its start. */
const NEXT_TO_EACH_OTHER = 32;

/** Names of streams by their id: rows that are read in a row are of few streams, and a name never changes. Empty for one that is not there. */
export class StreamNames extends Cache<number, string> {
  constructor(db: DatabaseSyncInstance) {
    const names = db.prepare('SELECT id, name FROM streams WHERE id >= ? ORDER BY id LIMIT ?');
    names.setReturnArrays(true);
    super((wanted) => {
      const found = names.all(wanted, NEXT_TO_EACH_OTHER) as unknown as [id: number, name: string][];
      for (const [id, name] of found) this.set(id, name);
      return found[0]?.[0] === wanted ? found[0][1] : '';
    });
  }
}
