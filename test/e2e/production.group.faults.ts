import { beforeAll, describe, expect } from '@jest/globals';
import { existsSync } from 'node:fs';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/index.js';
import { WORK_GROUP } from '../../apps/server/composition/work-group.js';
import { writeForeign } from './production.campaign.js';
import type { Faults } from './production.faults.js';
import type { Production } from './production.world.js';
import { until } from './world.js';

/** The group of workers is deleted, or what else all share is another one. */
export function groupFaults({ opened, group, fault, healthy, allHealthy, under }: Faults): void {
  let world: Production;
  beforeAll(() => {
    world = opened();
  });

  group('the group of workers', () => {
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
        `The server cannot start: the group ${WORK_GROUP} in EventStoreDB does not exist; run \`node dist/run/server.js setup\` once\n`,
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
        await expect(setup).rejects.toThrow('the log has events, but vault.db and subject-keys.db in');
        expect(await world.refused({ PURVEYOR_STREAM_PREFIX: 'nobody_' })).toMatch(
          /^The server cannot start: PURVEYOR_DATA_DIR: .* belongs to the log .*PURVEYOR_STREAM_PREFIX\n$/,
        );
      },
    );
  });
}

/** What no worker can take is parked, and waits for a person. */
export function parkedMessages({ opened, always, allHealthy }: Faults): void {
  let world: Production;
  beforeAll(() => {
    world = opened();
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
}
