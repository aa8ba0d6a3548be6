import type { Database } from './database.js';
import type { LedgerEntry } from './sandbox.types.js';

interface Row {
  seq: number;
  time: string;
  method: string;
  path: string;
  kind: string;
  key: string | null;
  status: number | null;
  applied: number;
  attempt: number | null;
}

export interface LedgerFilter {
  readonly key?: string;
  readonly kind?: string;
  readonly applied?: boolean;
}

/** Every request to the world outside, in order of arrival, with what it changed. Bodies are not kept: they hold secrets. */
export class LedgerStore {
  constructor(private readonly database: Database) {}

  /** Writes the request down before anything else happens to it. Answers its sequence number. */
  arrive(request: { method: string; path: string; kind: string; key: string | undefined }): number {
    const { method, path, kind } = request;
    const key = request.key ?? null;
    const earlier = this.database.get<{ n: number }>('SELECT count(*) AS n FROM ledger WHERE key = ?', key)?.n ?? 0;
    const { lastInsertRowid } = this.database.run(
      'INSERT INTO ledger (time, method, path, kind, key, attempt) VALUES (?, ?, ?, ?, ?, ?)',
      new Date().toISOString(),
      method,
      path,
      kind,
      key,
      key === null ? null : earlier + 1,
    );
    return Number(lastInsertRowid);
  }

  /** To be called in the transaction that changes the world. */
  applied(seq: number): void {
    this.database.run('UPDATE ledger SET applied = 1 WHERE seq = ?', seq);
  }

  answered(seq: number, status: number): void {
    this.database.run('UPDATE ledger SET status = ? WHERE seq = ?', status, seq);
  }

  list(filter: LedgerFilter): LedgerEntry[] {
    const { key = null, kind = null } = filter;
    const applied = filter.applied === undefined ? null : Number(filter.applied);
    const rows = this.database.all<Row>(
      `SELECT * FROM ledger WHERE (?1 IS NULL OR key = ?1) AND (?2 IS NULL OR kind = ?2)
       AND (?3 IS NULL OR applied = ?3) ORDER BY seq`,
      key,
      kind,
      applied,
    );
    return rows.map(({ attempt, ...row }) => ({ ...row, applied: row.applied === 1, attemptOfKey: attempt }));
  }

  /** Per Idempotency-Key: how many requests came and how many of them changed the world. */
  summary(): Record<string, { requests: number; applied: number }> {
    const rows = this.database.all<{ key: string; requests: number; applied: number }>(
      'SELECT key, count(*) AS requests, sum(applied) AS applied FROM ledger WHERE key IS NOT NULL GROUP BY key',
    );
    return Object.fromEntries(rows.map(({ key, requests, applied }) => [key, { requests, applied }]));
  }

  clear(): void {
    this.database.run('DELETE FROM ledger');
  }
}
