import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  customerDescription,
  listPortfolios,
  listProcesses,
  listSubscriptions,
  subscriptionHistory,
  usedBy,
  usersOf,
  type ReadModels,
} from '#read-models';
import { openStreams, project, started, story, World, type Database } from './read-models.fixture.js';
import { eachWithItsOwn } from './read-models.databases.js';

/** How the database would find it. */
async function planOf({ db, shared }: ReadModels, query: string): Promise<string> {
  if (shared) await sql`ANALYZE worklist`.execute(db);
  const { rows } = await sql`${sql.raw(`EXPLAIN ${shared ? '' : 'QUERY PLAN '}${query}`)}`.execute(db);
  return JSON.stringify(rows);
}

/** What the lists answer, whatever the database. */
export function queriesContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`lists over ${name}`, () => {
    let models: ReadModels;
    let world: World;

    eachWithItsOwn(openDatabase, (own) => ({ models, world } = own));

    it('pages neither skip nor repeat while rows come and change', async () => {
      const { waitFor, stop } = await project(world, models);
      const ids = Array.from({ length: 25 }, (_, i) => `p${i}`);
      let end = 0;
      for (const id of ids) end = await world.portfolio(id);
      await waitFor(end);
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let round = 0; ; round++) {
        const page = await listPortfolios(models, { limit: 4, cursor });
        seen.push(...page.items.map((item) => item.id));
        if (page.next === null) break;
        cursor = page.next;
        await world.portfolio(`new${round}`);
        await waitFor(await world.stage(`p${round}`, 'StageStarted', started));
      }
      expect(seen).toEqual([...ids].reverse());
      await stop();
    });

    it('give what is due the oldest first, in pages, by its index', async () => {
      const row = (n: number) => ({ stream: `process-${n}`, category: 'process', run: 0, since: n, position: n });
      const rows = Array.from({ length: 3_000 }, (_, n) => ({ ...row(n), due: n % 2 === 0 ? 5_000 - n : null }));
      for (let from = 0; from < rows.length; from += 500)
        await models.db
          .insertInto('worklist')
          .values(rows.slice(from, from + 500))
          .execute();
      const due = rows.filter((each) => each.due !== null && each.due <= 4_500).sort((a, b) => a.due! - b.due!);
      expect(due.length).toBeGreaterThan(1_000);
      expect(await openStreams(models, 4_500)).toEqual(due.map(({ stream }) => stream));
      expect(await openStreams(models)).toHaveLength(3_000);
      expect(await planOf(models, 'SELECT stream FROM worklist WHERE due <= 2100 ORDER BY due, stream')).toContain(
        'worklist_by_due_stream',
      );
    });

    it('filter, sort and refuse what they do not know', async () => {
      const { waitFor, stop } = await project(world, models);
      await waitFor(await story(world));
      expect((await listPortfolios(models, { state: 'TENANT_FAILED' })).items).toMatchObject([{ id: 'b' }]);
      const filter = [{ field: 'last_status', value: 'failed|completed' }];
      const sort = [{ field: 'started_at', direction: 'asc' }] as const;
      expect(await listProcesses(models, { filter, sort, count: true })).toMatchObject({
        total: 1,
        items: [{ process_id: 'p', steps: null }],
      });
      expect(await listSubscriptions(models, { product: 'User Group', insync: true })).toMatchObject({
        items: [{ subscription_id: 's' }],
        total: null,
        next: null,
      });
      expect(await listSubscriptions(models, { range: [1, 5] })).toMatchObject({ items: [], total: 1 });
      expect((await listSubscriptions(models, { status: 'terminated' })).items).toEqual([]);
      const odd = [{ field: 'doc', value: 'x' }];
      await expect(listProcesses(models, { filter: odd })).rejects.toMatchObject({ code: 'bad_filter', status: 400 });
      await expect(listPortfolios(models, { cursor: '!' })).rejects.toMatchObject({ code: 'bad_cursor' });
      await stop();
    });

    it('tell both ends of a relation, as long as it lasts', async () => {
      const { waitFor, stop } = await project(world, models);
      await world.subscription('group', 'Group', true);
      await world.subscription('ann', 'Ann', true);
      const by = { processId: 'p', time: 1 };
      const told = (userSubscriptionId: string, userStatus: string) => ({
        type: 'UseReserved',
        data: { userSubscriptionId, userStatus, ...by },
      });
      const uses = [told('ann', 'initial'), told('bob', 'initial'), told('ann', 'active')];
      await waitFor(await world.append('subscription-group', uses));
      const ann = { subscription_id: 'ann', description: 'Ann', status: 'active', insync: false, told: 'active' };
      const unseen = { subscription_id: 'bob', description: '', status: 'initial', insync: true, told: 'initial' };
      expect(await usersOf(models, 'group')).toEqual([ann, unseen]);
      const group = { subscription_id: 'group', description: 'Group', status: 'active', insync: false };
      expect(await usedBy(models, 'ann')).toEqual([group]);
      const released = { type: 'UseReleased', data: { userSubscriptionId: 'ann', ...by } };
      await waitFor(await world.append('subscription-group', [released]));
      expect((await usersOf(models, 'group')).map((each) => each.subscription_id)).toEqual(['bob']);
      expect(await usedBy(models, 'ann')).toEqual([]);
      await stop();
    });

    it('search in what people know a subscription by', async () => {
      const { waitFor, stop } = await project(world, models);
      const by = { processId: 'p', time: 1 };
      await world.subscription('aa-1', 'First group', true);
      await world.append('subscription-aa-1', [
        { type: 'SubscriptionValuesChanged', data: { block: 'b', values: { ports: [{ name: 'Port_7' }] }, ...by } },
        {
          type: 'CustomerDescriptionSet',
          data: { id: 'd', customerId: 'c', description: 'Unsere', version: 1, time: 1 },
        },
      ]);
      const note = { type: 'SubscriptionNoteChanged', data: { note: '100% done', time: 1 } };
      await world.subscription('bb-2', 'Second group', false);
      await waitFor(await world.append('subscription-bb-2', [note]));
      const found = async (search: string) =>
        (await listSubscriptions(models, { search, sort: [{ field: 'subscription_id', direction: 'asc' }] })).items.map(
          (each) => each.subscription_id,
        );
      expect(await found('')).toEqual(['aa-1', 'bb-2']);
      expect(await found('GROUP second')).toEqual(['bb-2']);
      expect(await found('port_7')).toEqual(['aa-1']);
      expect(await found('portx7')).toEqual([]);
      expect(await found('ort_7')).toEqual([]);
      expect(await found('%')).toEqual([]);
      expect(await found('100% unsere')).toEqual([]);
      expect(await found('100%')).toEqual(['bb-2']);
      expect(await found('unsere')).toEqual(['aa-1']);
      expect(await found('bb')).toEqual(['bb-2']);
      expect(await found('status:initial|active group')).toEqual(['aa-1', 'bb-2']);
      expect(await found('status:active')).toEqual(['aa-1']);
      expect(await found('insync:true')).toEqual([]);
      expect(await customerDescription(models, 'd')).toMatchObject({ subscription_id: 'aa-1', description: 'Unsere' });
      const filter = [{ field: 'description', value: 'First group|other' }];
      expect((await listSubscriptions(models, { filter })).items).toMatchObject([
        { subscription_id: 'aa-1', version: 3 },
      ]);
      expect((await listSubscriptions(models, { productIds: [] })).items).toEqual([]);
      await stop();
    });

    it('tell which process changed which field from what to what', async () => {
      await world.subscription('s', 'Old', true);
      const values = (given: object, processId: string) => ({
        type: 'SubscriptionValuesChanged',
        data: { block: 'b', values: given, processId, time: 1 },
      });
      await world.append('subscription-s', [
        values({ name: 'a', ports: [{ vlan: 1 }, { vlan: 2 }] }, 'p1'),
        values({ ports: [{ vlan: 1 }, { vlan: 3 }, { vlan: 4 }] }, 'p2'),
        { type: 'SubscriptionNoteChanged', data: { note: 'n', time: 1 } },
        { type: 'SubscriptionDescriptionChanged', data: { description: 'New', processId: 'p2', time: 1 } },
      ]);
      const changes = (await subscriptionHistory(world.store, world.decode, 's'))!;
      const of = (from: number) => changes.filter((each) => each.revision >= from);
      expect(of(1).map(({ process_id, field, from, to }) => [process_id, field, from, to])).toEqual([
        [null, 'status', 'initial', 'active'],
        [null, 'start_date', null, 999.993],
        ['p1', 'b.name', null, 'a'],
        ['p1', 'b.ports.0.vlan', null, 1],
        ['p1', 'b.ports.1.vlan', null, 2],
        ['p2', 'b.ports.1.vlan', 2, 3],
        ['p2', 'b.ports.2.vlan', null, 4],
        [null, 'note', null, 'n'],
        ['p2', 'description', 'Old', 'New'],
      ]);
      expect(changes[0]).toMatchObject({ revision: 0, process_id: 'p', actor: 'someone', field: 'status' });
      expect(await subscriptionHistory(world.store, world.decode, 'none')).toBeUndefined();
    });
  });
}
