import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { ErasableVault } from '#kernel';
import type { SealedBox } from './sealed-box.js';
import { inTransaction, openSealedFile, reading } from './sealed-file.js';
import { VaultError } from './vault-error.js';

export interface SealedFileOptions {
  readonly directory: string;
  /** The master key, 32 bytes. */
  readonly key: Uint8Array;
}

export interface FileVault extends ErasableVault {
  close(): void;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS secret (
  name TEXT NOT NULL, version INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (name, version)) STRICT, WITHOUT ROWID`;

interface Row {
  readonly version: number;
  readonly sealed: Uint8Array;
}

function parse(reference: string): { readonly name: string; readonly version: number } {
  const [, name, version] = /^vault:(.+)#([1-9]\d{0,8})$/s.exec(reference) ?? [];
  if (name === undefined) throw new VaultError('vault_bad_reference', 'a vault reference reads vault:<name>#<version>');
  return { name, version: Number(version) };
}

const referenceTo = (name: string, version: number): string => `vault:${name}#${version}`;

/** The vault in `vault.db` of the directory. Names are stored readable, values sealed; a put is durable when it resolves. */
export async function openFileVault({ directory, key }: SealedFileOptions): Promise<FileVault> {
  const { database, box } = openSealedFile(directory, 'vault.db', key, SCHEMA);
  return new SqliteVault(database, box);
}

class SqliteVault implements FileVault {
  constructor(
    private readonly database: DatabaseSyncInstance,
    private readonly box: SealedBox,
  ) {}

  /** The version that holds this value already, or the next one. */
  async put(name: string, secret: string): Promise<string> {
    if (name === '') throw new VaultError('vault_bad_reference', 'a secret needs a name');
    return inTransaction(this.database, () => {
      const rows = this.rows(name);
      const same = rows.find((row) => this.open(name, row) === secret);
      const version = same?.version ?? (rows.at(-1)?.version ?? 0) + 1;
      if (same === undefined) this.insert(name, version, secret);
      return referenceTo(name, version);
    });
  }

  async get(reference: string): Promise<string> {
    const { name, version } = parse(reference);
    const row = reading(() =>
      this.database.prepare('SELECT version, sealed FROM secret WHERE name = ? AND version = ?').get(name, version),
    );
    if (row === undefined) throw new VaultError('vault_not_found', `the vault holds no ${reference}`);
    return this.open(name, row);
  }

  async remove(reference: string): Promise<void> {
    const { name } = parse(reference);
    inTransaction(this.database, () => this.database.prepare('DELETE FROM secret WHERE name = ?').run(name));
  }

  async versions(name: string): Promise<readonly { readonly reference: string; readonly secret: string }[]> {
    return reading(() => this.rows(name)).map((row) => ({
      reference: referenceTo(name, row.version),
      secret: this.open(name, row),
    }));
  }

  async discard(reference: string): Promise<void> {
    const { name, version } = parse(reference);
    inTransaction(this.database, () =>
      this.database.prepare('DELETE FROM secret WHERE name = ? AND version = ?').run(name, version),
    );
  }

  close(): void {
    this.database.close();
  }

  private rows(name: string): readonly Row[] {
    const found: unknown = this.database
      .prepare('SELECT version, sealed FROM secret WHERE name = ? ORDER BY version')
      .all(name);
    return found as readonly Row[];
  }

  private insert(name: string, version: number, secret: string): void {
    const sealed = this.box.seal(Buffer.from(secret, 'utf8'), referenceTo(name, version));
    this.database.prepare('INSERT INTO secret (name, version, sealed) VALUES (?, ?, ?)').run(name, version, sealed);
  }

  private open(name: string, { version, sealed }: Row): string {
    const place = referenceTo(name, version);
    const plain = this.box.open(sealed, place);
    if (plain === undefined)
      throw new VaultError('vault_damaged', `${place} is not what was put there: restore vault.db from a backup`);
    return Buffer.from(plain).toString('utf8');
  }
}
