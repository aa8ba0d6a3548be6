/**
 * `npm run bench [-- FILE]`: the measurements of test/bench, built first so that what ships is what is measured. `-- production`: those
 * over EventStoreDB and PostgreSQL; `-- portfolios`: whole portfolios; `-- command-line`: how fast
 * `purveyor` starts; `-- queries`: lists, search, details and dashboards with 100 000 and with 1 000 000 subscriptions; `-- growth`: what a start
 * and a step cost with much in the log, and 10 000 waiting processes; `-- live`: 1 000 clients that follow the events; `-- rebuild`: the main views built anew.
 */
import { NODE_OPTIONS } from './lib/children.mjs';
import { buildIfStale, installIfNeeded, inRoot, main, run } from './lib/project.mjs';

const NAMED = ['production', 'portfolios', 'command-line', 'queries', 'growth', 'live', 'rebuild'];

await main(async () => {
  await installIfNeeded();
  await buildIfStale();
  const [first, ...rest] = process.argv.slice(2);
  const named = NAMED.includes(first);
  const [program, args] = named ? [first, rest] : ['main', process.argv.slice(2)];
  return run(process.execPath, [...NODE_OPTIONS, inRoot(`dist/test/bench/${program}.js`), ...args]);
});
