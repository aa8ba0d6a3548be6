import { randomBytes } from 'node:crypto';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { Refusal, type SubjectKeys } from '#kernel';
import type { SealedFileOptions } from './file-vault.js';
import type { SealedBox } from './sealed-box.js';
import { inTransaction, openSealedFile, reading } from './sealed-file.js';
import { VaultError } from './vault-error.js';

export interface FileSubjectKeys extends SubjectKeys {
  /** Deletes the key for good: the subject's personal data can never be read again. Durable when it resolves; a repeat is silence. */
  forget(subject: string): Promise<void>;
  close(): void;
}

/** `sealed` is null for a forgotten subject. */
const SCHEMA = 'CREATE TABLE IF NOT EXISTS subject (id TEXT PRIMARY KEY, sealed BLOB) STRICT, WITHOUT ROWID';

export const SUBJECT_KEYS_DB = 'subject-keys.db';

export interface SubjectRow {
  readonly id: string;
  readonly sealed: Uint8Array | null;
}

/** The keys of all data subjects in `subject-keys.db`, wrapped by the master key, held in memory while open. */
export async function openSubjectKeys({ directory, key }: SealedFileOptions): Promise<FileSubjectKeys> {
  const { database, box } = openSealedFile(directory, SUBJECT_KEYS_DB, key, SCHEMA);
  try {
    return new SqliteSubjectKeys(database, box);
  } catch (error) {
    database.close();
    throw error;
  }
}

class SqliteSubjectKeys implements FileSubjectKeys {
  private readonly keys = new Map<string, Uint8Array>();
  private readonly forgotten = new Set<string>();
  private readonly find;
  // Rises whenever another connection, of this process or of another one, has changed the file.
  private readonly version;
  private seen: unknown;

  constructor(
    private readonly database: DatabaseSyncInstance,
    private readonly box: SealedBox,
  ) {
    this.find = database.prepare('SELECT id, sealed FROM subject WHERE id = ?');
    this.version = database.prepare('PRAGMA data_version');
    this.seen = this.changes();
    for (const row of database.prepare('SELECT id, sealed FROM subject').all() as unknown as SubjectRow[])
      this.load(row);
  }

  /** Refuses a forgotten subject: under a new key its old data would read as damaged instead of erased. */
  async ensure(subject: string): Promise<Uint8Array> {
    const known = this.peek(subject);
    if (known !== undefined) return known;
    if (this.forgotten.has(subject)) throw new Refusal('subject_forgotten', 409, `${subject} was forgotten`);
    const sealed = this.box.seal(randomBytes(32), placeOf(subject));
    inTransaction(this.database, () =>
      this.database.prepare('INSERT OR IGNORE INTO subject (id, sealed) VALUES (?, ?)').run(subject, sealed),
    );
    this.load(this.find.get(subject));
    return this.ensure(subject);
  }

  /** What other processes made or forgot is seen at once. */
  peek(subject: string): Uint8Array | undefined {
    const now = this.changes();
    if (now !== this.seen) {
      this.keys.clear();
      this.seen = now;
    }
    const known = this.keys.get(subject);
    if (known !== undefined || this.forgotten.has(subject)) return known;
    const row = reading(() => this.find.get(subject)) as SubjectRow | undefined;
    if (row !== undefined) this.load(row);
    return this.keys.get(subject);
  }

  wasForgotten(subject: string): boolean {
    return this.peek(subject) === undefined && this.forgotten.has(subject);
  }

  async forget(subject: string): Promise<void> {
    inTransaction(this.database, () =>
      this.database
        .prepare('INSERT INTO subject (id, sealed) VALUES (?, NULL) ON CONFLICT (id) DO UPDATE SET sealed = NULL')
        .run(subject),
    );
    // The old page is still in the write-ahead log until it is emptied.
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.keys.get(subject)?.fill(0);
    this.keys.delete(subject);
    this.forgotten.add(subject);
  }

  close(): void {
    this.database.close();
  }

  private changes(): unknown {
    return (reading(() => this.version.get()) as { data_version: number }).data_version;
  }

  private load({ id, sealed }: SubjectRow): void {
    if (sealed === null) return void this.forgotten.add(id);
    this.keys.set(id, openKey(this.box, id, sealed));
  }
}

const placeOf = (subject: string): string => `subject:${subject}`;

/** The subject's key; throws `vault_damaged` when the record is not what was sealed. */
export function openKey(box: SealedBox, subject: string, sealed: Uint8Array): Uint8Array {
  const key = box.open(sealed, placeOf(subject));
  if (key === undefined)
    throw new VaultError('vault_damaged', `the key of ${subject} is damaged: restore ${SUBJECT_KEYS_DB} from a backup`);
  return new Uint8Array(key);
}
