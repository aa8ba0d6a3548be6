/** `npm run bench [-- options]`: the measurements of test/bench, built first so that what ships is what is measured. */
import { buildIfStale, installIfNeeded, inRoot, main, run } from './lib/project.mjs';

await main(async () => {
  await installIfNeeded();
  await buildIfStale();
  return run(process.execPath, [inRoot('dist/test/bench/main.js'), ...process.argv.slice(2)]);
});
