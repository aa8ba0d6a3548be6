import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mulberry32 } from '../../libs/testing/virtual-clock.js';
import { allEnd, beginJobs, expectOnce, expectViewsEqualReplay, killAtRandom } from './production.campaign.js';
import { Production } from './production.world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const [JOBS, KILLS_PER_ROLE] = FULL ? [500, 10] : [50, 2];
const EVERY_MS = 3_000;

let world: Production | undefined;
beforeAll(async () => {
  world = await Production.start({ members: { api: 2, worker: 3, projector: 2 } });
  if (world === undefined) console.info('PostgreSQL is not installed: the production mode is not tested');
}, 180_000);
afterAll(() => world?.stop(), 60_000);

describe('several processes over EventStoreDB and PostgreSQL', () => {
  it('bring every job to its right end, each request once, while they are killed and started again', async () => {
    if (world === undefined) return;
    console.info(`production campaign: seed ${SEED}, ${JOBS} jobs, ${KILLS_PER_ROLE} kills of each role`);
    const lastsMs = KILLS_PER_ROLE * 3 * EVERY_MS;
    const [jobs, killed] = await Promise.all([
      beginJobs(world, JOBS, lastsMs, 'job'),
      killAtRandom(world, KILLS_PER_ROLE, EVERY_MS, mulberry32(SEED)),
    ]);
    expect(killed).toHaveLength(KILLS_PER_ROLE * 3);
    await allEnd(world, jobs);
    await expectOnce(world, jobs);
    await expectViewsEqualReplay(world);
  }, 600_000);
});
