/** `npm run generate`: writes .env.example, docs/reference/errors.md and docs/reference/plans.md from the built code. */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { envExample, errorReference, planReference } from './lib/generated.mjs';
import { buildIfStale, inRoot, installIfNeeded, main } from './lib/project.mjs';

await main(async () => {
  await installIfNeeded();
  await buildIfStale();
  const { describeConfig, errorCatalogue } = await import(pathToFileURL(inRoot('dist/libs/platform/index.js')).href);
  writeFileSync(inRoot('.env.example'), envExample(describeConfig()));
  writeFileSync(inRoot('docs/reference/errors.md'), errorReference(errorCatalogue));
  const { csps } = await import(pathToFileURL(inRoot('dist/libs/csp/index.js')).href);
  const { planDescription } = await import(pathToFileURL(inRoot('dist/libs/portfolio/index.js')).href);
  const plans = csps.flatMap((csp) => csp.plans).map(planDescription);
  writeFileSync(inRoot('docs/reference/plans.md'), planReference(plans));
});
