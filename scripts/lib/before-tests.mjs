/** Once before the tests: bundles what was compiled since, and the server once more with what test/e2e preloads into it. */
import { readdirSync } from 'node:fs';
import { bundleIfStale, inRoot } from './project.mjs';

const PRELOADS = 'test/e2e';

export default async function bundleAll() {
  await bundleIfStale();
  const files = readdirSync(inRoot(PRELOADS)).filter((name) => name.endsWith('.mjs'));
  const preloads = files.map((name) => [name.slice(0, -'.mjs'.length), `${PRELOADS}/${name}`]);
  await bundleIfStale('dist/e2e', Object.fromEntries(preloads));
}
