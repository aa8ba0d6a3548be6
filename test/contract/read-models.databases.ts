import { afterEach, beforeEach } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openReadModels, type ReadModels } from '#read-models';
import type { PostgresServer } from '#testing';
import { World, type Database } from './read-models.fixture.js';

export async function sqliteDatabase(): Promise<Database> {
  const directory = await mkdtemp(join(tmpdir(), 'purveyor-views-'));
  const open = (acceptLoss?: boolean) => openReadModels({ directory, acceptLoss });
  return database(open, () => rm(directory, { recursive: true }));
}

export async function postgresDatabase(server: PostgresServer): Promise<Database & { readonly url: string }> {
  const url = await server.createDatabase();
  return { url, ...database(opening(url), async () => {}) };
}

const opening = (at: string) => (acceptLoss?: boolean) => openReadModels({ at, directory: tmpdir(), acceptLoss });

/** Like {@link postgresDatabase}, of databases that other tests have given back: to empty one costs a tenth of a new one. */
export function postgresDatabases(server: PostgresServer): () => Promise<Database> {
  const free: string[] = [];
  return async () => {
    const url = free.pop() ?? (await server.createDatabase());
    const open = opening(url);
    const giveBack = async () => {
      await emptied(await open());
      free.push(url);
    };
    return database(open, giveBack);
  };
}

/** No rows, and no tables beside the live ones. */
async function emptied({ db, close }: ReadModels): Promise<void> {
  await sql`DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^kysely_' LOOP
      IF name ~ '_(next|kept)$' THEN EXECUTE format('DROP TABLE %I', name);
      ELSE EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP; END $$`.execute(db);
  await close();
}

function database(open: (acceptLoss?: boolean) => Promise<ReadModels>, remove: () => Promise<void>): Database {
  const opened: ReadModels[] = [];
  return {
    async open(options) {
      const models = await open(options?.acceptLoss);
      opened.push(models);
      return models;
    },
    async remove() {
      for (const models of opened) await models.close();
      await remove();
    },
  };
}

/** What a test works with: an empty database, a connection to it, and a log. */
interface Own {
  readonly database: Database;
  readonly models: ReadModels;
  readonly world: World;
}

/** Gives each test its own. */
export function eachWithItsOwn(openDatabase: () => Promise<Database>, take: (own: Own) => void): void {
  let database: Database;
  beforeEach(async () => {
    database = await openDatabase();
    take({ database, models: await database.open(), world: new World() });
  });
  afterEach(() => database.remove());
}
