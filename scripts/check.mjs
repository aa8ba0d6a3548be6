/** `npm run check`: format, lint with types, types, import law, dead code. Runs all of them, then says which failed. */
import { existsSync } from 'node:fs';
import { installIfNeeded, inRoot, main, runTool } from './lib/project.mjs';

const present = (paths) => paths.filter((path) => existsSync(inRoot(path)));
const FORMATTED = ['.', '--ignore-unknown', '--log-level=warn'];

const CHECKS = [
  { name: 'format', tool: 'prettier', args: ['--check', ...FORMATTED] },
  { name: 'lint', tool: 'oxlint', args: ['--type-aware', '--deny-warnings', ...present(['apps', 'libs', 'test'])] },
  { name: 'types', tool: 'typescript', command: 'tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  {
    name: 'import law',
    tool: 'dependency-cruiser',
    command: 'depcruise',
    args: ['--config', '.dependency-cruiser.mjs', '--output-type', 'err', ...present(['apps', 'libs', 'test'])],
  },
  { name: 'dead code', tool: 'knip', args: ['--no-progress', '--no-config-hints'] },
];

async function runCheck({ name, tool, args, command }) {
  const startedAt = Date.now();
  const chunks = [];
  const code = await runTool(tool, args, { command, onOutput: (chunk) => chunks.push(chunk) });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code !== 0) process.stdout.write(Buffer.concat(chunks));
  return { name, code };
}

await main(async () => {
  await installIfNeeded();
  const only = process.argv.slice(2);
  const failed = [];
  for (const check of CHECKS) {
    if (only.length > 0 && !only.includes(check.name)) continue;
    const { name, code } = await runCheck(check);
    if (code !== 0) failed.push(name);
  }
  console.log(failed.length === 0 ? 'All checks passed' : `Checks failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
});
