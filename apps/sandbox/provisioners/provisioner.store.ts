import type { Database } from '../database.js';
import type { ReportedError } from '../sandbox.types.js';

export interface Made {
  readonly id: string;
  readonly type: string;
  readonly operation: string;
  readonly need: string;
  readonly state: 'exists' | 'failed' | 'gone';
}

/** One request by its Idempotency-Key: how it ended, and how many questions it answers with "not yet" before it says so. */
export interface Asked {
  readonly key: string;
  readonly resource: string;
  readonly result: unknown;
  readonly error: ReportedError | null;
  readonly remaining: number;
}

const TABLES = [
  `CREATE TABLE IF NOT EXISTS provisioned (
     id TEXT PRIMARY KEY, type TEXT NOT NULL, operation TEXT NOT NULL, need TEXT NOT NULL, state TEXT NOT NULL)`,
  'CREATE INDEX IF NOT EXISTS provisioned_need ON provisioned (operation, need)',
  `CREATE TABLE IF NOT EXISTS provisioner_requests (
     key TEXT PRIMARY KEY, resource TEXT NOT NULL, result TEXT NOT NULL, error TEXT, remaining INTEGER NOT NULL)`,
];

/** What the sandbox's provisioners made, and what they were asked. */
export class ProvisionerStore {
  constructor(private readonly database: Database) {
    for (const table of TABLES) database.run(table);
  }

  add({ id, type, operation, need, state }: Made): void {
    const sql = 'INSERT INTO provisioned (id, type, operation, need, state) VALUES (?, ?, ?, ?, ?)';
    this.database.run(sql, id, type, operation, need, state);
  }

  /** What exists for a need of an operation. */
  of(operation: string, need: string): Made | undefined {
    const sql = "SELECT * FROM provisioned WHERE operation = ? AND need = ? AND state = 'exists'";
    return this.database.get<Made>(sql, operation, need);
  }

  find(id: string): Made | undefined {
    return this.database.get<Made>('SELECT * FROM provisioned WHERE id = ?', id);
  }

  remove(id: string): void {
    this.database.run("UPDATE provisioned SET state = 'gone' WHERE id = ?", id);
  }

  list(type: string): Made[] {
    return this.database.all<Made>('SELECT * FROM provisioned WHERE type = ? ORDER BY rowid', type);
  }

  ask({ key, resource, result, error, remaining }: Asked): void {
    this.database.run(
      'INSERT OR REPLACE INTO provisioner_requests (key, resource, result, error, remaining) VALUES (?, ?, ?, ?, ?)',
      key,
      resource,
      JSON.stringify(result),
      error === null ? null : JSON.stringify(error),
      remaining,
    );
  }

  /** The request; each look counts as a question. */
  asked(key: string): Asked | undefined {
    const row = this.database.get<{ resource: string; result: string; error: string | null; remaining: number }>(
      'SELECT * FROM provisioner_requests WHERE key = ?',
      key,
    );
    if (row === undefined) return undefined;
    this.database.run('UPDATE provisioner_requests SET remaining = remaining - 1 WHERE key = ? AND remaining > 0', key);
    const error = row.error === null ? null : (JSON.parse(row.error) as ReportedError);
    return { key, resource: row.resource, result: JSON.parse(row.result) as unknown, error, remaining: row.remaining };
  }
}
