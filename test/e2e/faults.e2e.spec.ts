import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_RETRY } from '../../libs/runtime/policy.js';
import { faultsOf, POLL_FAULTS, suffer, sufferPoll, TARGETS, type Suffered } from './fault-matrix.js';
import { World } from './world.js';

const CASES = TARGETS.flatMap((target) =>
  faultsOf(target).map((fault) => ({ target, fault, name: `${target.step} (told ${target.told}) ${fault.name}` })),
);

let world: World;
/** All suffer at once, because much of it is waiting; each test then looks at its own. */
const suffered = new Map<string, Promise<Suffered>>();
const polled = new Map<string, ReturnType<typeof sufferPoll>>();
beforeAll(async () => {
  world = await World.start();
  for (const { target, fault, name } of CASES) {
    const running = suffer(world, target, fault);
    running.catch(() => undefined);
    suffered.set(name, running);
  }
  for (const fault of POLL_FAULTS) {
    const running = sufferPoll(world, fault);
    running.catch(() => undefined);
    polled.set(fault.name, running);
  }
}, 60_000);
afterAll(() => world?.stop());

/** Least time between the n-th request and the next under the default policy, ms; 20 ms for the clocks' grain. */
const leastWait = (n: number, apart = 0): number => {
  const { initialMs, coefficient, capMs, jitter } = DEFAULT_RETRY;
  const interval = Math.min(initialMs * coefficient ** (n - 1), capMs) * (1 - jitter);
  return Math.max(interval, apart) - 20;
};

describe('what a target does to a request', () => {
  it.each(CASES)(
    '$name',
    async ({ name, fault }) => {
      const { before, all, failure, ended, seen } = await suffered.get(name)!;
      expect(before.length).toBeLessThanOrEqual(fault.requests);
      expect(before.length).toBeGreaterThanOrEqual(fault.fewest ?? fault.requests);
      expect(new Set(before.map((entry) => entry.key)).size).toBe(1);
      const times = before.map((entry) => Date.parse(entry.time));
      const gaps = times.slice(1).map((time, i) => time - times[i]!);
      for (const [i, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual(leastWait(i + 1, fault.apart));
      if (fault.failure === undefined) expect(failure).toBeNull();
      else {
        expect(failure).toMatchObject({ ...fault.failure, message: expect.stringMatching(/./) });
        expectCommand(seen);
        const sameKey = fault.failure.kind === 'retryable';
        expect(new Set(all.map((entry) => entry.key)).size).toBe(sameKey || name.startsWith('provision') ? 1 : 2);
      }
      expect(all.filter((entry) => entry.applied)).toHaveLength(1);
      expect(ended.state ?? ended.last_status).toMatch(/^completed$/i);
    },
    90_000,
  );
});

/** A failure says what people can do about it. */
function expectCommand(seen: any): void {
  if (seen.process_id !== undefined)
    expect(seen).toMatchObject({ last_status: 'failed', failed_reason: expect.anything() });
  else {
    expect(seen.phase).toBe('FAILED');
    expect(seen.commands).toContainEqual({ command: 'resume', stage: seen.stage });
  }
}

/** How often the plan asks an operation that gave no answer, ms. */
const PACE_MS = 5_000;

describe('what an operation does to a poll', () => {
  it.each(POLL_FAULTS)(
    '$name',
    async ({ name, times, failure: wanted, behaviour }) => {
      const { failure, attempts, polls, ended } = await polled.get(name)!;
      expect(attempts).toBe(1);
      expect(failure).toEqual(wanted === undefined ? null : expect.objectContaining(wanted));
      const at = polls.map((entry) => Date.parse(entry.time));
      const passing = wanted === undefined && behaviour.kind !== 'delay' ? times : 0;
      for (let n = 0; n < passing; n++) expect(at[n + 1]! - at[n]!).toBeGreaterThanOrEqual(PACE_MS - 20);
      expect(ended.stages[1].result.billing_profile_id).toEqual(expect.stringMatching(/./));
    },
    90_000,
  );
});
