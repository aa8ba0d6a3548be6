/**
 * `npm run bench [-- FILE]`: the six-step job beside a bare loop, built first so that what ships is what is measured; then it names the other
 * measurements, which take longer: `npm run bench -- NAME [ARGUMENTS]`.
 */
import { NODE_OPTIONS } from './lib/children.mjs';
import { buildIfStale, bundleIfStale, installIfNeeded, inRoot, main, run } from './lib/project.mjs';

const NAMED = {
  production: 'the six-step job over EventStoreDB and PostgreSQL',
  portfolios: 'whole portfolios of 22 stages',
  queries: 'lists, search, details and dashboards with 100 000 and with 1 000 000 subscriptions',
  growth: 'what a start and a step cost with much in the log, and 10 000 waiting processes',
  live: '1 000 clients that follow the events',
  rebuild: 'views built anew, events a second, beside a plain loop that inserts a row for each event',
  'command-line': 'how fast `purveyor` starts',
};

/** The programs run bundled (docs/adr/0082), and so does what opens the server in its own process. */
const BUNDLED = 'dist/bench';

await main(async () => {
  await installIfNeeded();
  await buildIfStale();
  const [first, ...rest] = process.argv.slice(2);
  if (Object.hasOwn(NAMED, first))
    return run(process.execPath, [...NODE_OPTIONS, inRoot(`dist/test/bench/${first}.js`), ...rest]);
  await bundleIfStale(BUNDLED, { main: 'dist/test/bench/main.js', victim: 'dist/test/bench/victim.js' });
  const code = await run(process.execPath, [...NODE_OPTIONS, inRoot(BUNDLED, 'main.js'), ...process.argv.slice(2)]);
  console.log('Further measurements, `npm run bench -- NAME`:');
  console.table(Object.entries(NAMED).map(([name, measures]) => ({ name, measures })));
  return code;
});
