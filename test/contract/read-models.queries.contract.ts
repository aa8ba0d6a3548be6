import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { listPortfolios, listProcesses, listSubscriptions, usedBy, usersOf, type ReadModels } from '#read-models';
import { openStreams, project, started, story, World, type Database } from './read-models.fixture.js';

/** How the database would find it. */
async function planOf({ db, shared }: ReadModels, query: string): Promise<string> {
  if (shared) await sql`ANALYZE worklist`.execute(db);
  const { rows } = await sql`${sql.raw(`EXPLAIN ${shared ? '' : 'QUERY PLAN '}${query}`)}`.execute(db);
  return JSON.stringify(rows);
}

/** What the lists answer, whatever the database. */
export function queriesContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`lists over ${name}`, () => {
    let database: Database;
    let models: ReadModels;
    let world: World;

    beforeEach(async () => {
      database = await openDatabase();
      models = await database.open();
      world = new World();
    });
    afterEach(() => database.remove());

    it('pages neither skip nor repeat while rows come and change', async () => {
      const { projector, stop } = await project(world, models);
      const ids = Array.from({ length: 25 }, (_, i) => `p${i}`);
      let end = 0;
      for (const id of ids) end = await world.portfolio(id);
      await projector.waitFor(end, 5_000);
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let round = 0; ; round++) {
        const page = await listPortfolios(models, { limit: 4, cursor });
        seen.push(...page.items.map((item) => item.id));
        if (page.next === null) break;
        cursor = page.next;
        await world.portfolio(`new${round}`);
        await projector.waitFor(await world.stage(`p${round}`, 'StageStarted', started), 5_000);
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
      const { projector, stop } = await project(world, models);
      await projector.waitFor(await story(world), 5_000);
      expect((await listPortfolios(models, { state: 'TENANT_FAILED' })).items).toMatchObject([{ id: 'b' }]);
      const filter = [{ field: 'last_status', value: 'failed|completed' }];
      expect(await listProcesses(models, { filter, sort: [{ field: 'started_at', direction: 'asc' }] })).toMatchObject({
        total: 1,
        items: [{ process_id: 'p', steps: null }],
      });
      expect(await listSubscriptions(models, { product: 'User Group', insync: true })).toMatchObject({
        total: 1,
        next: null,
      });
      await expect(listSubscriptions(models, { cursor: 'MTox' })).resolves.toMatchObject({ items: [], total: 1 });
      expect((await listSubscriptions(models, { status: 'terminated' })).items).toEqual([]);
      const odd = [{ field: 'doc', value: 'x' }];
      await expect(listProcesses(models, { filter: odd })).rejects.toMatchObject({ code: 'bad_filter', status: 400 });
      await expect(listPortfolios(models, { cursor: '!' })).rejects.toMatchObject({ code: 'bad_cursor' });
      await stop();
    });

    it('tell both ends of a relation, as long as it lasts', async () => {
      const { projector, stop } = await project(world, models);
      await world.subscription('group', 'Group', true);
      await world.subscription('ann', 'Ann', true);
      const by = { processId: 'p', time: 1 };
      const told = (userSubscriptionId: string, userStatus: string) => ({
        type: 'UseReserved',
        data: { userSubscriptionId, userStatus, ...by },
      });
      const uses = [told('ann', 'initial'), told('bob', 'initial'), told('ann', 'active')];
      await projector.waitFor(await world.append('subscription-group', uses), 5_000);
      const ann = { subscription_id: 'ann', description: 'Ann', status: 'active', insync: false, told: 'active' };
      const unseen = { subscription_id: 'bob', description: '', status: 'initial', insync: true, told: 'initial' };
      expect(await usersOf(models, 'group')).toEqual([ann, unseen]);
      const group = { subscription_id: 'group', description: 'Group', status: 'active', insync: false };
      expect(await usedBy(models, 'ann')).toEqual([group]);
      const released = { type: 'UseReleased', data: { userSubscriptionId: 'ann', ...by } };
      await projector.waitFor(await world.append('subscription-group', [released]), 5_000);
      expect((await usersOf(models, 'group')).map((each) => each.subscription_id)).toEqual(['bob']);
      expect(await usedBy(models, 'ann')).toEqual([]);
      await stop();
    });
  });
}
