import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

type Connection = InstanceType<typeof DatabaseSync>;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS resources (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, natural TEXT NOT NULL, state TEXT NOT NULL, data TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS resources_natural ON resources (kind, natural) WHERE state <> 'failed';
CREATE TABLE IF NOT EXISTS operations (
  id TEXT PRIMARY KEY, resource TEXT NOT NULL, remaining INTEGER NOT NULL, retry_after INTEGER, error TEXT);
CREATE TABLE IF NOT EXISTS objects (
  collection TEXT NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (collection, scope, name));
CREATE TABLE IF NOT EXISTS azure_operations (
  id TEXT PRIMARY KEY, place TEXT NOT NULL, data TEXT NOT NULL, remaining INTEGER NOT NULL, retry_after INTEGER, error TEXT);
CREATE TABLE IF NOT EXISTS logins (
  tenant TEXT NOT NULL, login TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, secret TEXT NOT NULL,
  PRIMARY KEY (tenant, login));
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, api TEXT NOT NULL, kind TEXT NOT NULL, tenant TEXT NOT NULL, subject TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS tokens_subject ON tokens (tenant, subject);
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS callbacks (
  id TEXT PRIMARY KEY, resource TEXT NOT NULL, url TEXT NOT NULL, body TEXT NOT NULL, due INTEGER NOT NULL,
  deliveries INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'open', last TEXT);
CREATE INDEX IF NOT EXISTS callbacks_open ON callbacks (due) WHERE state = 'open';
CREATE TABLE IF NOT EXISTS ledger (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
  kind TEXT NOT NULL, key TEXT, status INTEGER, applied INTEGER NOT NULL DEFAULT 0, attempt INTEGER);
CREATE INDEX IF NOT EXISTS ledger_key ON ledger (key) WHERE key IS NOT NULL;
CREATE TABLE IF NOT EXISTS scripts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, match TEXT NOT NULL, remaining INTEGER NOT NULL, behaviour TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS scim (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, UNIQUE (type, name));
`;

/** The sandbox's one file. A commit survives a killed process (WAL); only a power cut could take the last ones. */
export class Database {
  private readonly sqlite: Connection;
  private readonly statements = new Map<string, ReturnType<Connection['prepare']>>();

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.sqlite = new DatabaseSync(join(directory, 'sandbox.db'));
    this.sqlite.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000;');
    this.sqlite.exec(SCHEMA);
  }

  run(sql: string, ...values: unknown[]): { changes: number; lastInsertRowid: number | bigint } {
    return this.statement(sql).run(...values);
  }

  get<Row>(sql: string, ...values: unknown[]): Row | undefined {
    return this.statement(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: unknown[]): Row[] {
    return this.statement(sql).all(...values) as Row[];
  }

  /** Runs `work` in one transaction; nested calls join the outer one. Throws what `work` throws, after a rollback. */
  transaction<T>(work: () => T): T {
    if (this.sqlite.isTransaction) return work();
    this.sqlite.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.sqlite.exec('COMMIT');
      return result;
    } catch (error) {
      this.sqlite.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.statements.clear();
    this.sqlite.close();
  }

  private statement(sql: string): ReturnType<Connection['prepare']> {
    let prepared = this.statements.get(sql);
    if (prepared === undefined) {
      prepared = this.sqlite.prepare(sql);
      this.statements.set(sql, prepared);
    }
    return prepared;
  }
}
