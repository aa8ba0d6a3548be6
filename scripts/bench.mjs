/** `npm run bench [-- portfolios]`: the measurements of test/bench, built first so that what ships is what is measured. */
import { buildIfStale, installIfNeeded, inRoot, main, run } from './lib/project.mjs';

await main(async () => {
  await installIfNeeded();
  await buildIfStale();
  const [first, ...rest] = process.argv.slice(2);
  const portfolios = first === 'portfolios';
  const program = inRoot(`dist/test/bench/${portfolios ? 'portfolios' : 'main'}.js`);
  return run(process.execPath, [program, ...(portfolios ? rest : process.argv.slice(2))]);
});
