import type { Database } from './database.js';
import type { ReportedError } from './sandbox.types.js';

export type ResourceKind = 'tenants' | 'billing-profiles' | 'admin-subscriptions';
export type ResourceState = 'pending' | 'done' | 'failed';

export interface Resource {
  readonly id: string;
  readonly kind: ResourceKind;
  /** What makes two creates the same resource, whatever their keys. */
  readonly natural: string;
  readonly state: ResourceState;
  readonly data: Record<string, unknown>;
}

export interface Operation {
  readonly id: string;
  readonly resource: string;
  /** How many more polls answer 202; below 0 for ever. */
  readonly remaining: number;
  /** Seconds, or null for the setting of the moment. */
  readonly retryAfter: number | null;
  readonly error: ReportedError | null;
}

/** What exists at the cloud provider. A failed resource gives its natural key free again. */
export class CspStore {
  constructor(private readonly database: Database) {}

  exists(kind: ResourceKind, natural: string): boolean {
    const sql = "SELECT 1 AS found FROM resources WHERE kind = ? AND natural = ? AND state <> 'failed'";
    return this.database.get(sql, kind, natural) !== undefined;
  }

  add(resource: Resource): void {
    const { id, kind, natural, state, data } = resource;
    const sql = 'INSERT INTO resources (id, kind, natural, state, data) VALUES (?, ?, ?, ?, ?)';
    this.database.run(sql, id, kind, natural, state, JSON.stringify(data));
  }

  /** The resource if it is there and finished. */
  find(kind: ResourceKind, id: string): Record<string, unknown> | undefined {
    const sql = "SELECT data FROM resources WHERE id = ? AND kind = ? AND state = 'done'";
    const row = this.database.get<{ data: string }>(sql, id, kind);
    return row === undefined ? undefined : (JSON.parse(row.data) as Record<string, unknown>);
  }

  list(kind: ResourceKind): Record<string, unknown>[] {
    const rows = this.database.all<{ state: string; data: string }>(
      'SELECT state, data FROM resources WHERE kind = ? ORDER BY rowid',
      kind,
    );
    return rows.map(({ state, data }) => ({ ...(JSON.parse(data) as Record<string, unknown>), state }));
  }

  data(id: string): Record<string, unknown> {
    const row = this.database.get<{ data: string }>('SELECT data FROM resources WHERE id = ?', id);
    return JSON.parse(row?.data ?? '{}') as Record<string, unknown>;
  }

  setState(id: string, state: ResourceState): void {
    this.database.run('UPDATE resources SET state = ? WHERE id = ?', state, id);
  }

  addOperation(operation: Operation): void {
    const { id, resource, remaining, retryAfter, error } = operation;
    const sql = 'INSERT INTO operations (id, resource, remaining, retry_after, error) VALUES (?, ?, ?, ?, ?)';
    this.database.run(sql, id, resource, remaining, retryAfter, error === null ? null : JSON.stringify(error));
  }

  operation(id: string): Operation | undefined {
    const row = this.database.get<{ resource: string; remaining: number; retry_after: number | null; error: string }>(
      'SELECT resource, remaining, retry_after, error FROM operations WHERE id = ?',
      id,
    );
    if (row === undefined) return undefined;
    const error = row.error === null ? null : (JSON.parse(row.error) as ReportedError);
    return { id, resource: row.resource, remaining: row.remaining, retryAfter: row.retry_after, error };
  }

  countPoll(id: string): void {
    this.database.run('UPDATE operations SET remaining = remaining - 1 WHERE id = ?', id);
  }
}
