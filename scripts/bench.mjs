/** `npm run bench [-- options]`: the measurements of test/bench, built first so that what ships is what is measured. */
import { NODE_OPTIONS } from './lib/children.mjs';
import { buildIfStale, installIfNeeded, inRoot, main, run } from './lib/project.mjs';

await main(async () => {
  await installIfNeeded();
  await buildIfStale();
  return run(process.execPath, [...NODE_OPTIONS, inRoot('dist/test/bench/main.js'), ...process.argv.slice(2)]);
});
