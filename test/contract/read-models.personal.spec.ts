import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { ERASED, EventLog, EventRegistry, NEW_STREAM } from '#event-store';
import type { SubjectKeys } from '#kernel';
import { portfolioEvents } from '#portfolio/published';
import { SimulatedStore } from '#testing';
import { openReadModels, type Projection, type ReadModels, type ViewStore } from '#read-models';
import { sqliteDatabase } from './read-models.databases.js';
import { newer, People } from './read-models.forgetting.contract.js';
import { dump, failure, PLAN, rebuilt, started, upTo, World } from './read-models.fixture.js';

const PERSONAL = { user_id: 'ada.lovelace', first_name: 'Ada-First', last_name: 'Lovelace-Last' };

/** A log in which one portfolio's facts, payload and result are personal, and the key that opens them. */
async function written() {
  const held = new Map([['portfolio-a', new Uint8Array(32).fill(7)]]);
  const keys: SubjectKeys = { ensure: async (subject) => held.get(subject)!, peek: (subject) => held.get(subject) };
  const world = new World(new SimulatedStore());
  const log = new EventLog(world.store, new EventRegistry().register(portfolioEvents), keys);
  const step = { step: 'TENANT', generation: 1, attempt: 1, time: 1 };
  const data = { name: 'a', csp: 'azure', plan: PLAN, facts: PERSONAL, advance: 'automatic', time: 1 };
  const events = [
    { type: 'PortfolioCreated', data },
    { type: 'PortfolioStarted', data: { time: 1 } },
    { type: 'StageStarted', data: { ...step, ...started, input: PERSONAL } },
    { type: 'StageCompleted', data: { ...step, result: { user_id: PERSONAL.user_id } } },
  ];
  const by = { $correlationId: 'c', $causationId: 'c', actor: 'a', tenant: 't', commandId: 'x', time: 1 };
  const { position: end } = await log.append(log.prepare('portfolio-a', NEW_STREAM, events, by));
  const views = async () => {
    const database = await sqliteDatabase();
    const running = await upTo(world, end, await database.open(), { decode: (stored) => log.decode(stored) });
    const tables = await dump(running.models);
    await running.stop();
    await database.remove();
    return tables;
  };
  return { views, forget: () => held.clear(), stored: (await world.store.readStream('portfolio-a')).events };
}

/** `table.column` of every value that holds one of the personal texts. */
const holding = (tables: Record<string, unknown[]>): string[] =>
  Object.entries(tables).flatMap(([table, rows]) =>
    rows.flatMap((row) =>
      Object.entries(row as object)
        .filter(([, value]) => Object.values(PERSONAL).some((text) => String(value).includes(text)))
        .map(([column]) => `${table}.${column}`),
    ),
  );

describe('personal data in the views (ADR 9)', () => {
  it('is sealed in the log, and plain in one column only', async () => {
    const { views, stored } = await written();
    for (const text of Object.values(PERSONAL)) expect(JSON.stringify(stored)).not.toContain(text);
    expect(holding(await views())).toEqual(['portfolios.doc']);
  });

  it('is gone when the key is gone and the views are built again', async () => {
    const { views, forget } = await written();
    forget();
    const tables = await views();
    expect(holding(tables)).toEqual([]);
    expect(JSON.stringify(tables['portfolios'])).toContain(ERASED);
  });
});

/** The files of views in SQLite that hold people, of whom one is to be found in them. */
async function filed() {
  const directory = await mkdtemp(join(tmpdir(), 'purveyor-views-'));
  const models = await openReadModels({ directory });
  const people = new People();
  await people.add('a');
  const both = await people.add('b');
  return {
    people,
    models,
    start: (given: { readModels?: ReadModels; projections?: readonly Projection[] } = {}) => {
      const { readModels = models, ...more } = given;
      return upTo(people.world, both, readModels, { decode: people.decode, ...more });
    },
    /** In how many files somebody's personal text stands. */
    found: async () => {
      const files = await Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name))));
      return files.filter((bytes) => bytes.includes(PERSONAL.user_id)).length;
    },
    reader: () => openReadModels({ directory }),
    remove: async () => {
      await models.close();
      await rm(directory, { recursive: true });
    },
  };
}

describe('the files of SQLite hold nothing of a person who was forgotten', () => {
  let files: Awaited<ReturnType<typeof filed>>;
  beforeEach(async () => {
    files = await filed();
  });
  afterEach(() => files.remove());

  it('as soon as the views hold that they were', async () => {
    const { people, start, found } = files;
    const { stop, waitFor } = await start();
    const ids = ['a', 'b', ...Array.from({ length: 18 }, (_, n) => String(n))];
    for (const id of ids.slice(2)) await people.add(id);
    // Rows that grow change their place in the file.
    for (let attempt = 1; attempt < 6; attempt++)
      for (const [n, id] of ids.entries()) {
        const grown = { ...failure, message: 'no'.repeat(attempt * n * 40) };
        const data = { step: 'BILLING_PROFILE', generation: 1, attempt, failure: grown, time: 1 };
        await waitFor(await people.append(`portfolio-${id}`, [{ type: 'StageFailed', data }]));
      }
    expect(await found()).toBeGreaterThan(0);
    let end = 0;
    for (const id of ids) end = await people.forget(id);
    await waitFor(end);
    expect(await found()).toBe(0);
    await stop();
  });

  it('as soon as rows that were built anew are in the place of those of before', async () => {
    const { people, models, start, found } = files;
    await (await start()).stop();
    await models.views.scrub();
    expect(await found()).toBe(1);
    for (const id of ['a', 'b']) await people.forget(id);
    const { stop } = await start({ projections: newer });
    await rebuilt(models);
    await stop();
    expect(await found()).toBe(0);
  });

  it('after a kill between their rows and the files', async () => {
    const { people, models, start, found } = files;
    let killed = false;
    const { views } = models;
    const mortal: ViewStore = {
      load: (table, ids) => views.load(table, ids),
      apply: (batch) => views.apply(batch),
      scrub: async () => {
        if (killed) throw new Error('killed');
        return views.scrub();
      },
    };
    const { projector } = await start({ readModels: { ...models, views: mortal } });
    await views.scrub();
    killed = true;
    for (const id of ['a', 'b']) await people.forget(id);
    await expect(projector.done).rejects.toThrow('killed');
    expect(await found()).toBeGreaterThan(0);
    await (await start()).stop();
    expect(await found()).toBe(0);
  });

  it('as soon as those who read the rows of before let them go', async () => {
    const { people, models, start, found, reader } = files;
    const { waitFor, stop } = await start();
    await models.views.scrub();
    const other = await reader();
    await other.db.connection().execute(async (connection) => {
      await sql`BEGIN DEFERRED`.execute(connection);
      await sql`SELECT * FROM portfolios`.execute(connection);
      await people.forget('a');
      await waitFor(await people.forget('b'));
      expect(await found()).toBeGreaterThan(0);
      await sql`COMMIT`.execute(connection);
    });
    const data = { step: 'BILLING_PROFILE', generation: 1, attempt: 1, failure, time: 1 };
    await waitFor(await people.append('portfolio-a', [{ type: 'StageFailed', data }]));
    expect(await found()).toBe(0);
    await other.close();
    await stop();
  });
});
