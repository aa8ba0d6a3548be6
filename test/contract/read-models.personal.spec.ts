import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERASED, EventLog, EventRegistry, NEW_STREAM } from '#event-store';
import type { SubjectKeys } from '#kernel';
import { portfolioEvents } from '#portfolio/published';
import { SimulatedStore } from '#testing';
import { openReadModels } from '#read-models';
import { sqliteDatabase } from './read-models.databases.js';
import { People } from './read-models.forgetting.contract.js';
import { dump, PLAN, started, upTo, World } from './read-models.fixture.js';

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

  it('is gone from the files of SQLite as soon as the views hold that the person was forgotten', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'purveyor-views-'));
    const models = await openReadModels({ directory });
    const people = new People();
    const found = async () => {
      const files = await Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name))));
      return files.filter((bytes) => bytes.includes(PERSONAL.user_id)).length;
    };
    const { stop, projector } = await upTo(people.world, await people.add('0'), models, { decode: people.decode });
    const ids = Array.from({ length: 20 }, (_, n) => String(n));
    for (const id of ids.slice(1)) await people.add(id);
    // Rows that grow change their place in the file.
    for (let attempt = 1; attempt < 6; attempt++)
      for (const id of ids) {
        const failure = { kind: 'refused', code: 'c', message: 'no'.repeat(attempt * Number(id) * 40) };
        const data = { step: 'BILLING_PROFILE', generation: 1, attempt, failure, time: 1 };
        await projector.waitFor(await people.append(`portfolio-${id}`, [{ type: 'StageFailed', data }]), 10_000);
      }
    expect(await found()).toBeGreaterThan(0);
    let end = 0;
    for (const id of ids) end = await people.forget(id);
    await projector.waitFor(end, 10_000);
    expect(await found()).toBe(0);
    await stop();
    await models.close();
    await rm(directory, { recursive: true });
  });
});
