import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cells, slice } from './crash-matrix.js';
import { CrashRunner } from './crash-runner.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const IN_A_SLICE = 4;

/** Every cell of these jobs, or a few that the seed chooses; `described` says what else is to be held of their matrix. */
export function crashSuite(flows: readonly string[], described: (runner: () => CrashRunner) => void): void {
  const all = cells.filter(({ flow }) => flows.includes(flow));
  const table: string[] = [];
  let runner: CrashRunner;
  beforeAll(async () => {
    runner = await CrashRunner.start();
  }, 60_000);
  afterAll(async () => {
    await runner?.stop();
    process.stdout.write(`\ncrash matrix, ${table.length} of ${all.length} cells, seed ${SEED}\n${table.join('\n')}\n`);
  });

  described(() => runner);

  describe(`kill -9 (seed ${SEED}, PURVEYOR_FULL=1 for all ${all.length} cells)`, () => {
    it.each(FULL ? all : slice(all, SEED, IN_A_SLICE))(
      '$name',
      async (cell) => {
        const row = table.push(`NOT SURVIVED ${cell.name}`) - 1;
        table[row] = `${cell.name.padEnd(68)} ${await runner.survives(cell)}`;
        expect(table[row]).toContain('killed');
      },
      120_000,
    );

    it('leaves views as a replay shows them', async () => {
      expect.hasAssertions();
      await runner.expectReplayShowsTheSame();
    }, 60_000);
  });
}
