import { createHash, randomUUID } from 'node:crypto';
import type { Database } from '../database.js';
import type { Caller, Data, Place } from './azure.types.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What exists in this Azure: objects, who may sign in, and tokens. Secrets are kept as hashes only. */
export class AzureStore {
  constructor(private readonly database: Database) {}

  /** The object if it is there and finished. */
  find(...[collection, scope, name]: Place): Data | undefined {
    const sql = "SELECT data FROM objects WHERE collection = ? AND scope = ? AND name = ? AND state = 'done'";
    const row = this.database.get<{ data: string }>(sql, collection, scope, name);
    return row && (JSON.parse(row.data) as Data);
  }

  /** Also while it is being made. */
  exists(...[collection, scope, name]: Place): boolean {
    const sql = 'SELECT 1 AS found FROM objects WHERE collection = ? AND scope = ? AND name = ?';
    return this.database.get(sql, collection, scope, name) !== undefined;
  }

  list(collection: string, scope: string): Data[] {
    const sql = "SELECT data FROM objects WHERE collection = ? AND scope = ? AND state = 'done' ORDER BY rowid";
    return this.database.all<{ data: string }>(sql, collection, scope).map(({ data }) => JSON.parse(data) as Data);
  }

  /** The finished objects of a collection, wherever they lie. */
  all(collection: string): { scope: string; name: string; data: Data }[] {
    const sql = "SELECT scope, name, data FROM objects WHERE collection = ? AND state = 'done' ORDER BY rowid";
    const rows = this.database.all<{ scope: string; name: string; data: string }>(sql, collection);
    return rows.map((row) => ({ ...row, data: JSON.parse(row.data) as Data }));
  }

  put([collection, scope, name]: Place, data: Data, state: 'done' | 'pending' = 'done'): void {
    this.database.run(
      `INSERT INTO objects (collection, scope, name, state, data) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (collection, scope, name) DO UPDATE SET state = excluded.state, data = excluded.data`,
      collection,
      scope,
      name,
      state,
      JSON.stringify(data),
    );
  }

  remove(...[collection, scope, name]: Place): boolean {
    const sql = 'DELETE FROM objects WHERE collection = ? AND scope = ? AND name = ?';
    return this.database.run(sql, collection, scope, name).changes > 0;
  }

  /** Everything there is, without what is in it: for tests that count what is left. */
  places(): { collection: string; scope: string; name: string; state: string }[] {
    return this.database.all('SELECT collection, scope, name, state FROM objects ORDER BY rowid');
  }

  /** Sets the secret with which `login` signs in as the caller. Tokens given out before are worth nothing. */
  setSecret(login: string, caller: Caller, secret: string): void {
    this.database.run('DELETE FROM tokens WHERE tenant = ? AND subject = ?', caller.tenant, caller.subject);
    this.database.run(
      'INSERT OR REPLACE INTO logins (tenant, login, kind, subject, secret) VALUES (?, ?, ?, ?, ?)',
      caller.tenant,
      login,
      caller.kind,
      caller.subject,
      hash(secret),
    );
  }

  signIn(tenant: string, login: string, secret: string): Caller | undefined {
    const sql = 'SELECT kind, tenant, subject FROM logins WHERE tenant = ? AND login = ? AND secret = ?';
    return this.database.get<Caller>(sql, tenant, login, hash(secret));
  }

  dropLogin({ tenant, subject }: Pick<Caller, 'tenant' | 'subject'>): void {
    this.database.run('DELETE FROM tokens WHERE tenant = ? AND subject = ?', tenant, subject);
    this.database.run('DELETE FROM logins WHERE tenant = ? AND subject = ?', tenant, subject);
  }

  loginOf(tenant: string, subject: string): string | undefined {
    const sql = 'SELECT login FROM logins WHERE tenant = ? AND subject = ?';
    return this.database.get<{ login: string }>(sql, tenant, subject)?.login;
  }

  issueToken(caller: Caller, api: string): string {
    const token = randomUUID();
    this.database.run(
      'INSERT INTO tokens (token, api, kind, tenant, subject) VALUES (?, ?, ?, ?, ?)',
      hash(token),
      api,
      caller.kind,
      caller.tenant,
      caller.subject,
    );
    return token;
  }

  callerOf(token: string, api: string): Caller | undefined {
    const sql = 'SELECT kind, tenant, subject FROM tokens WHERE token = ? AND api = ?';
    return this.database.get<Caller>(sql, hash(token), api);
  }
}
