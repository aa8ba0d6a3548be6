import { describe, expect, it } from '@jest/globals';
import { sql, type Transaction } from 'kysely';
import { askForRebuild, checkpointsOf, projections, type ReadModels, type Tables } from '#read-models';
import { until } from './contract.support.js';
import { rebuilt, story, upTo, World, type Database } from './read-models.fixture.js';

/** Whoever projects shows every second that it lives, whatever is locked meanwhile: databases with locks on rows. */
export function beatsContract(openDatabase: () => Promise<Database>): void {
  describe('a projector that shows that it lives', () => {
    it('neither waits in a circle with whoever locks its checkpoints, in whatever order, nor ends by it', async () => {
      const { running, models, remove } = await projecting();
      const names = projections.map(({ name }) => name);
      for (const order of [names, names.toReversed()])
        await locking(models, async (tx) => {
          const before = await beats(models);
          await touch(tx, order[0]!);
          await until(async () => (await beats(models)) > before || (await waiting(models)) > 0);
          for (const name of order.slice(1)) await touch(tx, name);
        });
      await running.waitFor(await running.world.portfolio('c'));
      expect(running.projector.failure()).toBeUndefined();
      await running.stop();
      await remove();
    });

    it('goes on doing so while rows that were rebuilt take their places, however long that lasts', async () => {
      const { running, models, remove } = await projecting();
      await sql`UPDATE worklist SET since = since - 1`.execute(models.db);
      await locking(models, async (tx) => {
        await sql`LOCK TABLE worklist IN SHARE MODE`.execute(tx);
        for (const each of projections) await askForRebuild(models, each);
        await until(async () => (await waiting(models)) > 0);
        const before = await beats(models);
        await until(async () => (await beats(models)) > before);
      });
      await rebuilt(models);
      expect(running.projector.failure()).toBeUndefined();
      await running.stop();
      await remove();
    });
  });

  async function projecting() {
    const database = await openDatabase();
    const models = await database.open();
    const world = new World();
    const running = await upTo(world, await story(world), models);
    return { running: { ...running, world }, models, remove: () => database.remove() };
  }
}

/** In a transaction that may be idle for longer than those of the product. */
const locking = ({ db }: ReadModels, work: (tx: Transaction<Tables>) => Promise<void>): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(tx);
    await work(tx);
  });

const touch = (tx: Transaction<Tables>, projection: string) =>
  sql`UPDATE checkpoints SET trouble = NULL WHERE projection = ${projection}`.execute(tx);

const beats = async (models: ReadModels): Promise<number> =>
  (await checkpointsOf(models)).reduce((sum, { beat }) => sum + beat, 0);

/** How many statements wait for a lock. */
async function waiting({ db }: ReadModels): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
  return rows[0]!.n;
}
