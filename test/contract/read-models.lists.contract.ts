import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  listOperations,
  listPortfolios,
  listProcesses,
  listSubscriptions,
  projections,
  type ListQuery,
  type ReadModels,
  type Slice,
  type Sort,
  type Value,
} from '#read-models';
import type { Change } from '../../libs/read-models/database/view-store.js';
import { project, upTo, World, type Database } from './read-models.fixture.js';
import { eachWithItsOwn } from './read-models.databases.js';
import { SEED } from '../../libs/testing/seed.js';

const LISTS = { listPortfolios, listProcesses, listSubscriptions };
const asc = (field: string): Sort => ({ field, direction: 'asc' });
const desc = (field: string): Sort => ({ field, direction: 'desc' });

/** Seeded whole numbers below n. */
function below(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Every item along the cursors, in pages of three; `between` runs after each page. */
async function paged<T>(
  list: (query: ListQuery) => Promise<Slice<T>>,
  query: ListQuery,
  between = async () => {},
): Promise<T[]> {
  const seen: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ ...query, limit: 3, ...(cursor !== undefined && { cursor }) });
    seen.push(...page.items);
    cursor = page.next ?? undefined;
    if (cursor !== undefined) await between();
  } while (cursor !== undefined);
  return seen;
}

/** Order, cursors, counts and words, whatever the database. */
export function listsContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`sorted lists over ${name}`, () => {
    let models: ReadModels;
    let world: World;

    eachWithItsOwn(openDatabase, (own) => ({ models, world } = own));

    const named = (id: string, description: string, active = true) => world.subscription(id, description, active);
    const subscriptions = (query: ListQuery) => listSubscriptions(models, query);

    it('page by page are the same as in one piece, in every order that stands still', async () => {
      process.stderr.write(`sorted lists over ${name}: seed ${SEED}\n`);
      const random = below(SEED);
      let end = 0;
      for (let i = 0; i < 40; i++) {
        if (random(3) === 0) world.time -= 1;
        const customer = ['a', 'B', 'ä', '', "it's", '_%'][random(6)]!;
        end = await named(`s${random(1_000)}x${i}`, customer, random(2) === 0);
      }
      const { stop } = await upTo(world, end, models);
      const orders = [[], [asc('customer_id')], [desc('customer_id'), asc('created_at')], [asc('subscription_id')]];
      for (const sort of orders) {
        const whole = await subscriptions({ sort, range: [0, 500] });
        expect(whole).toMatchObject({ total: 40, next: null });
        expect(await paged(subscriptions, { sort })).toEqual(whole.items);
      }
      await stop();
    });

    it('neither skip nor repeat while rows come and change', async () => {
      const { waitFor, stop } = await project(world, models);
      const ids = Array.from({ length: 12 }, (_, i) => `s${i}`);
      for (const id of ids) await named(id, `c${Number(id.slice(1)) % 4}`, false);
      let round = 0;
      const change = async () => {
        await named(`new${round}`, `c${round % 4}`);
        const data = { startDate: 1, time: world.time };
        const end = await world.append(`subscription-s${round++}`, [{ type: 'SubscriptionActivated', data }]);
        await waitFor(end);
      };
      await waitFor(await named('last', 'c9'));
      const sort = [asc('customer_id')];
      const seen = await paged(subscriptions, { sort }, change);
      const found = seen.map((each) => each.subscription_id);
      expect(new Set(found).size).toBe(found.length);
      expect(found).toEqual(expect.arrayContaining([...ids, 'last']));
      expect(round).toBeGreaterThan(3);
      await stop();
    });

    it('give no cursor, and take none, where rows change their place', async () => {
      const { stop } = await upTo(world, (await named('a', 'A'), await named('b', 'B')), models);
      const [by] = [{ sort: [asc('description')], limit: 1 }];
      expect(await subscriptions(by)).toMatchObject({ items: [{ subscription_id: 'a' }], next: null });
      const { next: cursor } = await subscriptions({ limit: 1 });
      for (const wrong of [
        { ...by, cursor: cursor! },
        { sort: [asc('customer')], cursor: cursor! },
      ])
        await expect(subscriptions(wrong)).rejects.toMatchObject({ code: 'bad_cursor', status: 400 });
      await expect(listPortfolios(models, { cursor: cursor! })).rejects.toMatchObject({ code: 'bad_cursor' });
      await expect(subscriptions({ cursor: cursor!, range: [0, 1] })).rejects.toMatchObject({ code: 'bad_cursor' });
      const forged = (values: unknown) => Buffer.from(JSON.stringify(values)).toString('base64url');
      const odd = [{}, [], 7, ['subscriptions', 1], ['subscriptions', 1, {}], ['subscriptions', 1, 'a', 'b']];
      for (const values of [...odd, ['subscriptions', 'x', 'a'], ['subscriptions', 1.5, 'a'], ['subscriptions', 1, 2]])
        await expect(subscriptions({ cursor: forged(values) })).rejects.toMatchObject({ code: 'bad_cursor' });
      await stop();
    });

    it('filter by values and by ranges, and count when asked', async () => {
      for (const id of ['a', 'b', 'c']) await named(id, id.toUpperCase(), id !== 'c');
      const { stop } = await upTo(world, await world.portfolio('p'), models);
      const { items } = await subscriptions({ sort: [asc('start_date')] });
      const times = items.map(({ start_date }) => start_date);
      expect(times[0]).toBeNull();
      const of = async (field: string, value: string) => {
        const found = await subscriptions({ filter: [{ field, value }], sort: [asc('subscription_id')], count: true });
        expect(found.total).toBe(found.items.length);
        return found.items.map((each) => each.subscription_id).join('');
      };
      expect(await of('customer', 'A|C|none')).toBe('ac');
      expect(await of('start_date', `..${times[1]}`)).toBe('a');
      expect(await of('start_date', `${times[2]}..`)).toBe('b');
      expect(await of('start_date', `${times[1]}..${times[2]}`)).toBe('ab');
      expect(await of('start_date', `${times[1]}|${times[2]}..`)).toBe('ab');
      expect(await of('start_date', '..')).toBe('ab');
      expect(await of('insync', 'false')).toBe('abc');
      for (const value of ['yesterday', '', '-1', '1..2..x', '99999999999999999'])
        await expect(of('start_date', value)).rejects.toMatchObject({ code: 'bad_filter', status: 400 });
      const code = listOperations(models, { filter: [{ field: 'code', value: '99999999999' }] }, 0);
      await expect(code).rejects.toMatchObject({ code: 'bad_filter' });
      const type = listOperations(models, { sort: [asc('type')] }, 0);
      await expect(type).rejects.toMatchObject({ code: 'bad_filter' });
      await stop();
    });

    it('find words however common, in text of any kind, as it is now', async () => {
      const { waitFor, stop } = await project(world, models);
      await named('a', 'Zürich ÉCOLE 東京 x');
      await named('b', 'Zurich z1 (10.0.0.7)');
      const found = async (search: string) =>
        (await subscriptions({ search })).items.map((each) => each.subscription_id);
      await waitFor(await world.portfolio('Berlin-7'));
      expect(await found('zur')).toEqual(['b', 'a']);
      expect(await found('ecole Züri')).toEqual(['a']);
      expect(await found('東')).toEqual(['a']);
      expect(await found('10.0.0')).toEqual(['b']);
      expect(await found('"zur* OR NOT (')).toEqual([]);
      expect(await found("'zur':* & !x")).toEqual(['a']);
      expect((await listPortfolios(models, { search: 'berl' })).items).toMatchObject([{ name: 'Berlin-7' }]);
      expect((await listPortfolios(models, { search: 'csp:azure 7' })).items).toHaveLength(1);
      expect((await listPortfolios(models, { search: 'state:COMPLETED 7' })).items).toEqual([]);
      const changed = {
        type: 'SubscriptionDescriptionChanged',
        data: { description: 'Bern', processId: 'p', time: 1 },
      };
      await waitFor(await world.append('subscription-a', [changed]));
      // Its customer is called so still.
      expect(await found('ecole')).toEqual(['a']);
      expect(await found('bern')).toEqual(['a']);
      const [table] = projections.find(({ name }) => name === 'portfolios')!.tables;
      const COMMON = { revision: 0, position: 1, doc: '{}', name: 'n', csp: 'azure', state: 's', phase: 'p' };
      const rows = Array.from({ length: 2_100 }, (_, n) => ({
        ...COMMON,
        id: `many${n}`,
        created_at: n,
        updated_at: n,
        state_since: n,
        search: n % 3 === 0 ? 'common rare' : 'common',
      }));
      const upserts = rows.map((row: Record<string, Value>) => table!.columns.map((column) => row[column] ?? null));
      const change = (more: Partial<Change>) =>
        models.views.apply({
          owner: '',
          advances: [],
          changes: [{ table: table!, upserts: [], removals: [], ...more }],
        });
      await change({ upserts });
      const many = await listPortfolios(models, { search: 'comm', limit: 2, count: true });
      expect(many).toMatchObject({ items: [{ id: 'many2099' }, { id: 'many2098' }], total: 2_100 });
      const both = await listPortfolios(models, { search: 'common rar', limit: 2, count: true });
      expect(both).toMatchObject({ items: [{ id: 'many2097' }, { id: 'many2094' }], total: 700 });
      await change({ removals: rows.map(({ id }) => [id, 1]) });
      expect((await listPortfolios(models, { search: 'comm' })).items).toEqual([]);
      await stop();
    });

    it('find words of rows that a rebuild has put in the place of others', async () => {
      await (await upTo(world, await named('a', 'Before'), models)).stop();
      const rebuilt = projections.map((each) => ({ ...each, version: each.version + 1 }));
      const running = await project(world, models, { projections: rebuilt });
      await running.waitFor(await named('b', 'After'));
      const found = async (search: string) =>
        (await subscriptions({ search })).items.map((each) => each.subscription_id);
      expect([await found('bef'), await found('aft'), await found('none')]).toEqual([['a'], ['b'], []]);
      const data = { description: 'Changed', processId: 'p', time: 1 };
      const changed = [{ type: 'SubscriptionDescriptionChanged', data }];
      await running.waitFor(await world.append('subscription-b', changed));
      expect(await found('chang')).toEqual(['b']);
      await running.stop();
    });

    it.each(Object.entries(LISTS))('%s refuses what it has not', async (_, list) => {
      for (const query of [{ sort: [asc('doc')] }, { filter: [{ field: '__proto__', value: 'x' }] }])
        await expect(list(models, query)).rejects.toMatchObject({ code: 'bad_filter', status: 400 });
      await expect(list(models, { range: [3, 3] })).rejects.toMatchObject({ code: 'bad_range' });
    });

    it('go on behind a cursor by the index', async () => {
      const query = sql`SELECT id FROM subscriptions WHERE (created_at <= 5 AND (created_at < 5 OR id < 'x'))
        ORDER BY created_at DESC, id DESC LIMIT 50`;
      if (models.shared) await sql`SET enable_seqscan = off`.execute(models.db);
      const explained = await sql`${sql.raw(models.shared ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN')} ${query}`.execute(
        models.db,
      );
      expect(JSON.stringify(explained.rows)).toContain('subscriptions_by_created_at_id');
    });
  });
}
