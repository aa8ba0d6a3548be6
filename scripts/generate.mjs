/** `npm run generate`: writes .env.example, the README's table of settings and parts of docs/reference from the built code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { envExample, errorReference, planReference, readmeWithSettings } from './lib/generated.mjs';
import { buildIfStale, inRoot, installIfNeeded, main, runTool } from './lib/project.mjs';

await main(async () => {
  await installIfNeeded();
  await buildIfStale();
  const { describeConfig, errorCatalogue } = await import(pathToFileURL(inRoot('dist/libs/platform/index.js')).href);
  writeFileSync(inRoot('.env.example'), envExample(describeConfig()));
  const readme = inRoot('README.md');
  writeFileSync(readme, readmeWithSettings(readFileSync(readme, 'utf8'), describeConfig()));
  writeFileSync(inRoot('docs/reference/errors.md'), errorReference(errorCatalogue));
  const { csps } = await import(pathToFileURL(inRoot('dist/libs/csp/index.js')).href);
  const { planDescription } = await import(pathToFileURL(inRoot('dist/libs/portfolio/index.js')).href);
  const plans = csps.flatMap((csp) => csp.plans).map(planDescription);
  writeFileSync(inRoot('docs/reference/plans.md'), planReference(plans));
  const provisioning = await import(pathToFileURL(inRoot('dist/libs/provisioning/index.js')).href);
  writeFileSync(inRoot('docs/reference/operation-states.md'), provisioning.operationStateReference());
  const { processStatusReference } = await import(pathToFileURL(inRoot('dist/libs/workflow/index.js')).href);
  writeFileSync(inRoot('docs/reference/process-statuses.md'), processStatusReference());
  const { subscriptionRulesReference } = await import(pathToFileURL(inRoot('dist/libs/subscription/index.js')).href);
  writeFileSync(inRoot('docs/reference/subscription-rules.md'), subscriptionRulesReference());
  const contract = `${JSON.stringify(provisioning.provisionerOpenApi(), null, 2)}\n`;
  writeFileSync(inRoot('docs/reference/provisioner-openapi.json'), contract);
  await runTool('prettier', ['--write', '--log-level=warn', 'docs/reference']);
});
