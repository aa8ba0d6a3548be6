import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { Refusal } from '#kernel';
import type { Tables } from './tables.js';
import { storable, type Value } from './view-store.js';

/** A server has 100 connections by default; a projector needs three, queries share the rest. */
const CONNECTIONS = 10;

/** Positions and times fit a number; the driver would give texts. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * Kysely over a pool of connections that are made when they are needed, so that a server that went away is met again when it is
 * back; meanwhile queries throw Refusal `unavailable` (503). Limits, ms: 5 000 to connect, 30 000 a statement, 60 000 for an answer,
 * 4 000 idle in a transaction: what a frozen projector has locked must be free before another one takes over (watching.ts).
 */
export function openPostgres(url: string, onWarning: (message: string) => void): Kysely<Tables> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'purveyor',
    max: CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    query_timeout: 60_000,
    idle_in_transaction_session_timeout: 4_000,
    keepAlive: true,
    types,
  });
  // One that ends between two statements tells nobody else; the next statement fails.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', (error) => onWarning(`an idle connection to PostgreSQL has ended: ${error.message}`));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: guarded(pool) }) });
}

/** Texts as they were stored, and errors by what they mean. */
const guarded = (pool: pg.Pool): PostgresPool => ({
  connect: async () => guardedClient(await pool.connect().catch(explained)),
  end: () => pool.end(),
});

function guardedClient(client: pg.PoolClient): PostgresPoolClient {
  const query = (text: string, values: readonly Value[]) => client.query(text, values.map(storable)).catch(explained);
  return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release() };
}

/** Classes of SQLSTATE that say nothing of the statement: connection, resources, intervention (with the statement's time-out). */
const ELSEWHERE = /^(08|53|57)/;

function explained(error: Error & { code?: string }): never {
  const state = /^[0-9A-Z]{5}$/.test(error.code ?? '') ? error.code! : '08000';
  if (!ELSEWHERE.test(state)) throw error;
  const refusal = new Refusal('unavailable', 503, `the read models cannot be reached: ${error.message}`);
  throw Object.assign(refusal, { cause: error });
}
