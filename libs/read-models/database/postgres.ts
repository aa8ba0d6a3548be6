import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from './tables.js';

const INT8 = 20;
/** A server has 100 connections by default; a projector needs three, queries share the rest. */
const CONNECTIONS = 10;

/** Positions and times fit a number; the driver would give texts. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/**
 * Kysely over a pool of connections that are made when they are needed, so that a server that went away is met again when it is
 * back. Limits, ms: 5 000 to connect, 30 000 a statement, 60 000 for an answer, 60 000 idle in a transaction.
 */
export function openPostgres(url: string, onWarning: (message: string) => void): Kysely<Tables> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'purveyor',
    max: CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    query_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    types,
  });
  pool.on('error', (error) => onWarning(`an idle connection to PostgreSQL has ended: ${error.message}`));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
