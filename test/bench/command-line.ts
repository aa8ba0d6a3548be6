import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './statistics.js';

/** How long the command line takes to start, beside a Node that does nothing, one after the other; the first pair fills the caches. */
const ROUNDS = 21;
const PROGRAM = fileURLToPath(new URL('../../apps/cli/main.js', import.meta.url));

function milliseconds(...args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}

const pairs = Array.from({ length: ROUNDS + 1 }, () => ({
  bare: milliseconds('-e', '0'),
  purveyor: milliseconds(PROGRAM, '--help'),
})).slice(1);
const figures = {
  rounds: ROUNDS,
  startMs: Math.round(median(pairs.map(({ purveyor }) => purveyor))),
  nodeMs: Math.round(median(pairs.map(({ bare }) => bare))),
  ratio: Number(median(pairs.map(({ purveyor, bare }) => purveyor / bare)).toFixed(2)),
};
process.stdout.write(`${JSON.stringify({ scenario: 'purveyor --help', ...figures })}\n`);
