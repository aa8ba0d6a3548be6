import { expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { type Job, whileWorking } from './production.campaign.js';
import type { Production } from './production.world.js';
import { until } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

/** A third of the faults, as the seed chooses; all with PURVEYOR_FULL=1 and on a real server. */
const everyFault = FULL || process.env['EVENTSTORE_URL'] !== undefined;
const inSlice = (name: string) => createHash('sha256').update(`${SEED} ${name}`).digest()[0]! % 3 === 0;
if (!everyFault) console.info(`a third of the faults of production: seed ${SEED}, PURVEYOR_FULL=1 for all`);

type Test = () => Promise<void>;
export type Faults = ReturnType<typeof faultsOf>;

/** What groups of faults are written with: how one becomes a test, and how their world gets well again. */
export function faultsOf(given: () => Production | undefined) {
  const opened = () => given()!;

  const always = (name: string, test: Test) =>
    it(
      name,
      async () => {
        if (given() === undefined) return;
        expect.hasAssertions();
        await test();
      },
      300_000,
    );
  /** A test of the production mode, where there is one. */
  const fault = (name: string, test: Test) => {
    if (everyFault || inSlice(name)) always(name, test);
  };
  /** A fault that not every server can be given. */
  const faultWhere = (possible: () => boolean, name: string, test: Test) =>
    fault(name, async () => {
      if (possible()) return test();
      console.info(`cannot be done to this server: ${name}`);
      expect(opened().isStandIn).toBe(false);
    });
  const standInFault = (name: string, test: Test) => faultWhere(() => opened().isStandIn, name, test);

  const under = (name: string, count: number, trouble: () => Promise<readonly Job[] | void>) =>
    whileWorking(opened(), name, count, trouble);

  const healthy = (name: string) =>
    until(
      () =>
        opened()
          .readyz(name)
          .then(
            ({ body }) => body?.status,
            () => undefined,
          ),
      (status) => status === 'ok',
      120_000,
      100,
    );
  const allHealthy = async () => {
    for (const name of opened().names()) await healthy(name);
  };

  return { opened, always, fault, faultWhere, standInFault, under, healthy, allHealthy };
}
