import { describe, expect, it } from '@jest/globals';
import SlowFirst from '../../scripts/lib/slow-first.mjs';

const SIZES: Readonly<Record<string, number>> = {
  '/r/libs/kernel/ids.spec.ts': 9_000,
  '/r/test/e2e/crash.portfolios.e2e.spec.ts': 900,
  '/r/test/e2e/access.e2e.spec.ts': 5_000,
  '/r/test/simulation/days.spec.ts': 2_000,
  '/r/test/e2e/azure.e2e.spec.ts': 3_000,
};

/** Files as jest hands them to a sequencer, with how long each took the last time. */
function order(took: (path: string) => number | null): readonly string[] {
  class Remembering extends SlowFirst {
    time = ({ path }: { path: string }) => took(path);
    hasFailed = () => false;
  }
  const context = { hasteFS: { getSize: (path: string) => SIZES[path] } };
  return new Remembering().sort(Object.keys(SIZES).map((path) => ({ path, context }))).map(({ path }) => path.slice(3));
}

describe('the order of the test files', () => {
  it('begins with those that run servers while nobody knows how long a file takes', () => {
    expect(order(() => null)).toEqual([
      'test/e2e/azure.e2e.spec.ts',
      'test/e2e/crash.portfolios.e2e.spec.ts',
      'test/e2e/access.e2e.spec.ts',
      'test/simulation/days.spec.ts',
      'libs/kernel/ids.spec.ts',
    ]);
  });

  it('is by their time where that is known', () => {
    const first = order((path) => SIZES[path]!)[0];
    expect(first).toBe('libs/kernel/ids.spec.ts');
  });
});
