import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/index.js';
import { WORK_GROUP } from '../../apps/server/composition/work-group.js';
import { allEnd, begin, expectOnce, type Job, pathOf, whileWorking, writeForeign } from './production.campaign.js';
import {
  DRAINED_WITHIN,
  HEALED_WITHIN,
  PROJECTOR_REPLACED_WITHIN,
  TAKEN_OVER_WITHIN,
  TIMER_LATE,
  TIMER_LATE_WITHOUT_ITS_WORKER,
  TIMER_LATE_WITHOUT_PROJECTOR,
  within,
} from './production.bounds.js';
import { facts } from './portfolios.js';
import { eventsOf, latest, moment, named, retrying, TENANTS } from './production.due-times.js';
import { Production } from './production.world.js';
import { until } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

let given: Production | undefined;
let world: Production;
beforeAll(async () => {
  given = await Production.start({ members: { api: 2, worker: 3, projector: 2 }, nodes: 3 });
  if (given === undefined) console.info('PostgreSQL is not installed: faults of the production mode are not tested');
  else world = given;
}, 240_000);
// Whatever a test has left behind, the next one begins without a fault.
afterEach(async () => {
  if (given?.hasNetworkFaults) await given.fault({ kind: 'none' });
});
afterAll(() => given?.stop(), 60_000);

/** A third of the faults, as the seed chooses; all with PURVEYOR_FULL=1 and on a real server. */
const everyFault = FULL || process.env['EVENTSTORE_URL'] !== undefined;
const inSlice = (name: string) => createHash('sha256').update(`${SEED} ${name}`).digest()[0]! % 3 === 0;
if (!everyFault) console.info(`a third of the faults of production: seed ${SEED}, PURVEYOR_FULL=1 for all`);

/** A test of the production mode, where there is one. */
const fault = (name: string, test: () => Promise<void>) => {
  if (everyFault || inSlice(name)) always(name, test);
};
const always = (name: string, test: () => Promise<void>) =>
  it(
    name,
    async () => {
      if (given === undefined) return;
      expect.hasAssertions();
      await test();
    },
    300_000,
  );
/** A fault that not every server can be given. */
const faultWhere = (possible: () => boolean, name: string, test: () => Promise<void>) =>
  fault(name, async () => {
    if (possible()) return test();
    console.info(`cannot be done to this server: ${name}`);
    expect(world.isStandIn).toBe(false);
  });
const standInFault = (name: string, test: () => Promise<void>) => faultWhere(() => world.isStandIn, name, test);

const under = (name: string, count: number, trouble: () => Promise<readonly Job[] | void>) =>
  whileWorking(world, name, count, trouble);

const create = (mark: string) =>
  world.api(
    'POST',
    '/api/portfolios',
    { name: mark, csp: 'azure', plan_version: 1, facts: facts({ domain_name: mark }) },
    { 'idempotency-key': mark },
  );

const healthy = (name: string) =>
  until(
    () =>
      world.readyz(name).then(
        ({ body }) => body?.status,
        () => undefined,
      ),
    (status) => status === 'ok',
    120_000,
    100,
  );

async function allHealthy(): Promise<void> {
  for (const name of world.names()) await healthy(name);
}

describe('the log', () => {
  for (const kind of ['hang', 'refuse'] as const)
    faultWhere(
      () => world.hasNetworkFaults,
      `away (${kind}): commands tell so after 3 s, views go on, and what was sent is there once it is back`,
      () => within(HEALED_WITHIN, (turn) => away(kind, `${kind}${turn}`)),
    );

  /** Answers how long after the fault all was well again, ms. */
  async function away(kind: 'hang' | 'refuse', mark: string): Promise<number> {
    let took = Infinity;
    await under(mark, 6, async () => {
      await world.fault({ kind });
      const began = Date.now();
      const unknown = await create(`${mark}x`);
      expect([unknown.status, unknown.body.code]).toEqual([503, 'outcome_unknown']);
      expect(unknown.body).toMatchObject({ outcome: 'unknown', command_id: expect.any(String) });
      expect(unknown.headers.get('retry-after')).toBe('3');
      expect(Date.now() - began).toBeGreaterThanOrEqual(2_900);
      const list = await world.api('GET', '/api/portfolios');
      expect([list.status, list.headers.get('purveyor-stale')]).toEqual([200, 'log-unreachable']);
      const ready = await world.readyz('api-1');
      expect([ready.status, ready.body.status]).toEqual([200, 'degraded']);
      await world.fault({ kind: 'none' });
      const healed = Date.now();
      await healthy('api-1');
      took = Date.now() - healed;
      const told = await begin(world, 'portfolio', `${mark}x`);
      expect(told.id).toBe(unknown.body.command_id);
      return [told];
    });
    return took;
  }

  standInFault('loses answers after it has written', () =>
    under('lost', 6, () => world.control('/lose-answers', { count: 10 })),
  );

  standInFault('gets another leader, twice, under load', () =>
    under('leader', 8, async () => {
      for (let n = 0; n < 2; n++) {
        await world.control('/change-leader', { electionMs: 500 });
        await sleep(1_500);
      }
    }),
  );
});

describe('the group of workers', () => {
  fault('deleted under load: everything still ends, and setup makes it anew', async () => {
    await allHealthy();
    const { eventStore: url, streamPrefix } = world.settingsOfAll;
    const store = await openEventStoreDb({ url, streamPrefix });
    await under('group', 8, () => store.groups.remove(WORK_GROUP));
    await store.close();
    const ready = await world.readyz('worker-1');
    expect([ready.status, ready.body.status]).toEqual([200, 'degraded']);
    expect(ready.body.checks.work.detail).toContain('run setup');
    expect(await world.refused()).toBe(
      `The server cannot start: the group ${WORK_GROUP} in EventStoreDB does not exist; run \`node dist/apps/server/main.js setup\` once\n`,
    );
    expect(await world.command(['setup'])).toContain(`${WORK_GROUP}: created`);
    await healthy('worker-1');
  });

  fault(
    'is not the only thing that all share: another directory or prefix ends a start in one clear line',
    async () => {
      const { dataDir } = world.settingsOfAll;
      const unmounted = `${dataDir}-unmounted`;
      expect(await world.refused({ PURVEYOR_DATA_DIR: unmounted })).toMatch(
        /^The server cannot start: PURVEYOR_DATA_DIR: .*-unmounted is not the directory .*no file log-id.*\n$/,
      );
      expect(existsSync(unmounted)).toBe(false);
      const setup = world.command(['setup'], { PURVEYOR_DATA_DIR: unmounted });
      await expect(setup).rejects.toThrow('the log has events, but there is no vault in');
      expect(await world.refused({ PURVEYOR_STREAM_PREFIX: 'nobody_' })).toMatch(
        /^The server cannot start: PURVEYOR_DATA_DIR: .* belongs to the log .*PURVEYOR_STREAM_PREFIX\n$/,
      );
    },
  );
});

describe('due times', () => {
  fault('are met by others when the worker that recorded them is killed', () =>
    within(TIMER_LATE, async (turn) => {
      await allHealthy();
      const keeper = await world.timekeeper();
      const jobs = await retrying(world, `worker${turn}`, 4);
      const victims = world.names('worker').filter((name) => name !== keeper);
      await Promise.all(victims.map((name) => world.kill(name)));
      const late = await latest(world, jobs);
      for (const name of victims) world.restart(name);
      await allHealthy();
      return late;
    }),
  );

  fault('are met when the worker that keeps the time is killed', () =>
    within(TIMER_LATE_WITHOUT_ITS_WORKER, async (turn) => {
      const keeper = await world.timekeeper();
      const jobs = await retrying(world, `timer${turn}`, 4);
      await world.kill(keeper);
      const late = await latest(world, jobs);
      world.restart(keeper);
      await allHealthy();
      return late;
    }),
  );

  fault('are met when it is frozen a moment before, and goes on later', () =>
    within(TIMER_LATE_WITHOUT_ITS_WORKER, async (turn) => {
      const since = await world.lastSeq();
      const keeper = await world.timekeeper();
      const jobs = await retrying(world, `frozen${turn}`, 4);
      await moment(world, jobs, -500);
      let late = Infinity;
      await world.whileFrozen(keeper, async () => void (late = await latest(world, jobs)));
      await allHealthy();
      await expectOnce(world, jobs, since);
      return late;
    }),
  );

  for (const projector of ['projector-1', 'projector-2'])
    fault(`are met when it is killed together with ${projector}`, () =>
      within(TIMER_LATE_WITHOUT_PROJECTOR, async (turn) => {
        const keeper = await world.timekeeper();
        const jobs = await retrying(world, projector.replace('-', '') + turn, 3);
        await Promise.all([world.kill(keeper), world.kill(projector)]);
        const late = await latest(world, jobs);
        for (const name of [keeper, projector]) world.restart(name);
        await allHealthy();
        return late;
      }),
    );
});

describe('processes', () => {
  fault('an effect of a dead worker is taken over soon after its time', () => within(TAKEN_OVER_WITHIN, takenOver));

  async function takenOver(turn: string): Promise<number> {
    await world.script(TENANTS, { kind: 'hang' }, 1);
    const job = await begin(world, 'portfolio', `takenover${turn}`);
    const runs = async () => {
      for (const name of world.names('worker'))
        if ((await world.metric(name, 'purveyor_effects_in_flight')) > 0) return name;
      return undefined;
    };
    const name = (await until(runs, (found) => found !== undefined))!;
    await world.kill(name);
    await allEnd(world, [job]);
    const [first, second] = named(await eventsOf(world, job), 'StageStarted');
    expect([first!.data['attempt'], second!.data['attempt']]).toEqual([1, 2]);
    expect(second!.metadata['time']).toBeGreaterThanOrEqual(first!.data['until'] + 2_000);
    world.restart(name);
    await allHealthy();
    return second!.metadata['time'] - first!.data['until'];
  }

  for (const name of ['projector-1', 'projector-2'])
    fault(`the views go on within 10 s when ${name} is killed`, () =>
      within(PROJECTOR_REPLACED_WITHIN, async (turn) => {
        await world.kill(name);
        const [ms, job] = await shown(`views${name.at(-1)}${turn}`);
        world.restart(name);
        await healthy(name);
        // What comes next counts requests of its own only.
        await allEnd(world, [job]);
        return ms;
      }),
    );

  for (const name of ['projector-1', 'projector-2'])
    fault(`the views go on within 10 s when ${name} is frozen, and when it goes on later`, () =>
      within(PROJECTOR_REPLACED_WITHIN, async (turn) => {
        const seen: (readonly [number, Job])[] = [];
        const mark = `${name.at(-1)}${turn}`;
        await world.whileFrozen(name, async () => void seen.push(await shown(`stood${mark}`)));
        seen.push(await shown(`thawed${mark}`));
        await allHealthy();
        await allEnd(
          world,
          seen.map(([, job]) => job),
        );
        return Math.max(...seen.map(([ms]) => ms));
      }),
    );

  /** Begins a portfolio; answers after how many ms the views have it. */
  async function shown(mark: string): Promise<readonly [ms: number, job: Job]> {
    const began = Date.now();
    const job = await begin(world, 'portfolio', mark);
    await until(
      () => world.api('GET', pathOf(job)).then(({ status }) => status),
      (status) => status === 200,
      60_000,
    );
    return [Date.now() - began, job];
  }

  fault('a CSP that one process pauses is spared by all, until it continues', async () => {
    await allHealthy();
    expect((await world.api('POST', '/api/csps/azure/pause', { reason: 'they asked' })).status).toBe(202);
    await sleep(4_000);
    const since = await world.lastSeq();
    const jobs = await Promise.all([1, 2, 3].map((n) => begin(world, 'portfolio', `paused${n}`)));
    await sleep(3_000);
    expect(await world.lastSeq()).toBe(since);
    expect((await world.api('POST', '/api/csps/azure/continue')).status).toBe(202);
    await allEnd(world, jobs);
    await expectOnce(world, jobs, since);
  });

  fault('a worker drains on SIGTERM while another one joins', () =>
    under('drain', 6, async () => {
      const joined = await world.join('worker');
      const began = Date.now();
      await world.member('worker-2').end('SIGTERM');
      expect(Date.now() - began).toBeLessThanOrEqual(DRAINED_WITHIN);
      expect(await world.member('worker-2').ended(0)).toBe('SIGTERM');
      await world.member(joined).ready(120_000);
      world.restart('worker-2');
    }),
  );
});

describe('a message that no worker can take', () => {
  always('is parked, told by health and metrics, listed, and given again by a command', async () => {
    await allHealthy();
    expect(await world.command(['parked'])).toContain('0 parked');
    await writeForeign(world, 'process-foreign');
    const parked = () => world.metric('worker-1', 'purveyor_work_parked');
    await until(parked, (count) => count === 1, 30_000);
    expect(await world.command(['parked'])).toMatch(/ process-foreign@0 it is no event of ours\n1 parked\n$/);
    const ready = await world.readyz('worker-1');
    expect([ready.status, ready.body.checks.work.detail]).toEqual([200, '1 parked messages: see `main.js parked`']);
    for (const _twice of [1, 2]) expect(await world.command(['parked', 'replay'])).toContain('delivered again');
    await until(parked, (count) => count === 1, 30_000);
  });
});
