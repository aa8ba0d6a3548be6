/** `npm test`, `test:quick`, `test:full`, `test:production` and `test:contract`: installs, builds, runs jest and ends with `N passed, N failed`. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepFailed, buildIfStale, installIfNeeded, main, runTool } from './lib/project.mjs';
import { NOTHING_RAN, summarise } from './lib/summary.mjs';

/** Whoever reads it has more to do at full length; `npm test` has run the others to their end. */
const CAMPAIGNS = ['--findRelatedTests', 'libs/testing/full.ts'];

/**
 * One more than there are processors, as half the time of a test of running servers is waiting; no more, as these start processes of their
 * own. At full length they keep the processors busy by themselves.
 */
const WORKERS = Math.min(availableParallelism() + 1, 4);

const MODES = {
  all: { args: [], env: {} },
  quick: { args: ['--testPathPatterns', '[\\\\/]libs[\\\\/]'], env: {} },
  full: { args: [], otherwise: CAMPAIGNS, env: { PURVEYOR_FULL: '1' }, workers: WORKERS - 1 },
  production: { args: ['--testPathPatterns', '[\\\\/]test[\\\\/]e2e[\\\\/]production'], env: {} },
  contract: { args: ['--testPathPatterns', '[\\\\/]test[\\\\/]contract[\\\\/]'], env: {} },
};

/** `otherwise`: what is run when nothing is named. */
async function runJest({ args, otherwise = [], env, workers = WORKERS }, extra) {
  const folder = mkdtempSync(join(tmpdir(), 'purveyor-test-'));
  const outputFile = join(folder, 'result.json');
  const nodeOptions = [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--no-warnings=ExperimentalWarning'];
  const named = extra.length > 0 ? extra : otherwise;
  const code = await runTool(
    'jest',
    [`--maxWorkers=${workers}`, '--json', `--outputFile=${outputFile}`, ...args, ...named],
    {
      env: { NODE_OPTIONS: nodeOptions.filter(Boolean).join(' '), ...env },
    },
  );
  try {
    return summarise(JSON.parse(readFileSync(outputFile, 'utf8')), code);
  } catch {
    return { line: NOTHING_RAN, code: code || 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main(
  async () => {
    const [mode = 'all', ...extra] = process.argv.slice(2);
    if (!(mode in MODES)) throw new StepFailed(`Unknown mode ${mode}: one of ${Object.keys(MODES).join(', ')}`, 2);
    await installIfNeeded();
    await buildIfStale();
    const { line, code } = await runJest(MODES[mode], extra);
    console.log(line);
    return code;
  },
  { closing: NOTHING_RAN },
);
