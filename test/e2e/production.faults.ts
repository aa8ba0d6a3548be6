import { describe, expect, it } from '@jest/globals';
import { type Job, whileWorking } from './production.campaign.js';
import type { Production } from './production.world.js';
import { until } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

/** A quarter of each group of faults and at least one, as the seed chooses; all with PURVEYOR_FULL=1 and on a real server. */
const APART = FULL || process.env['EVENTSTORE_URL'] !== undefined ? 1 : 4;
if (APART > 1) console.info(`a quarter of the faults of production: seed ${SEED}, PURVEYOR_FULL=1 for all`);

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
  let listed: (readonly [name: string, test: Test])[] = [];
  /** The faults that `list` names; those that are chosen become tests. */
  const group = (title: string, list: () => void) =>
    describe(title, () => {
      listed = [];
      list();
      const first = SEED % Math.min(APART, listed.length);
      for (const [index, [name, test]] of listed.entries()) if (index % APART === first) always(name, test);
    });
  /** One of a group. */
  const fault = (name: string, test: Test): void => void listed.push([name, test]);
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

  return { opened, always, group, fault, faultWhere, standInFault, under, healthy, allHealthy };
}
