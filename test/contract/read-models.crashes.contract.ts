import { describe, expect, it } from '@jest/globals';
import {
  askForRebuild,
  checkpointsOf,
  projections,
  startProjector,
  type ReadModels,
  type ViewStore,
} from '#read-models';
import { mulberry32 } from '#testing';
import type { Run } from './figures/run.js';
import { RUNS } from './figures/runs.js';
import { DEADLINE_MS, dump, hashOf, hurried, rebuilt, type Database } from './read-models.fixture.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const ROUNDS = FULL ? 10 : 1;
process.stderr.write(`crashing projectors: seed ${SEED}\n`);

/** Views of a process that dies at one of its next writes: before the commit or after it, and then writes nothing any more. */
function mortal(views: ViewStore, random: () => number, die: () => void): ViewStore {
  let left = 1 + Math.floor(random() * 4);
  const afterCommit = random() < 0.5;
  return {
    load: (table, ids) => views.load(table, ids),
    scrub: () => views.scrub(),
    async apply(batch) {
      if (--left < 0) throw new Error('dead');
      if (left > 0 || afterCommit) await views.apply(batch);
      if (left > 0) return;
      die();
      throw new Error('dead');
    },
  };
}

/** One life of a projector: until it has died, or has come to the end of the log. */
async function life({ store, decode, events }: Run, models: ReadModels, random: () => number): Promise<void> {
  const stop = new AbortController();
  const views = mortal(models.views, random, () => stop.abort());
  // The one before is dead, whatever the checkpoints say.
  await models.db.updateTable('checkpoints').set({ owner: '' }).execute();
  const given = { store, decode, projections, signal: stop.signal, owner: `life ${random()}`, clock: hurried };
  const projector = await startProjector({ ...given, readModels: { ...models, views } });
  await projector.waitFor(events.at(-1)!.position, DEADLINE_MS).catch(() => {});
  stop.abort();
  await projector.done.catch(() => {});
}

/** Whatever dies, and whatever is rebuilt meanwhile: in the end the rows are those of a replay from zero. Every view of the registry is held. */
export function crashesContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`projectors that crash over ${name}`, () => {
    it.each(Object.keys(RUNS))(
      'leave the rows of a replay from zero: %s',
      async (kind) => {
        for (let round = 0; round < ROUNDS; round++) {
          const random = mulberry32(SEED + round);
          const run = await RUNS[kind]!(SEED + round);
          const [database, anew] = [await openDatabase(), await openDatabase()];
          const [models, fresh] = [await database.open(), await anew.open()];
          for (let lives = 0; lives < 12; lives++) {
            await life(run, models, random);
            const any = projections[Math.floor(random() * projections.length)]!;
            await askForRebuild(models, any);
          }
          await finish(run, models);
          await finish(run, fresh);
          expect([...new Set((await checkpointsOf(models, projections)).map(({ position }) => position))]).toEqual([
            run.events.at(-1)!.position,
          ]);
          expect(await dump(models)).toEqual(await dump(fresh));
          expect(await hashOf(models)).toBe(await hashOf(fresh));
          await Promise.all([database.remove(), anew.remove()]);
        }
      },
      300_000,
    );
  });
}

/** A life without an accident. */
async function finish({ store, decode, events }: Run, readModels: ReadModels): Promise<void> {
  await readModels.db.updateTable('checkpoints').set({ owner: '' }).execute();
  const stop = new AbortController();
  const given = { store, decode, projections, readModels, signal: stop.signal, owner: 'last', clock: hurried };
  const projector = await startProjector(given);
  await projector.waitFor(events.at(-1)!.position, DEADLINE_MS);
  await rebuilt(readModels);
  stop.abort();
  await projector.done;
}
