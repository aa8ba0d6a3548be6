/** `npm run generate`: writes .env.example, the README's table of settings and docs/reference/errors.md from the built code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { envExample, errorReference, readmeWithSettings } from './lib/generated.mjs';
import { buildIfStale, inRoot, installIfNeeded, main } from './lib/project.mjs';

await main(async () => {
  await installIfNeeded();
  await buildIfStale();
  const { describeConfig, errorCatalogue } = await import(pathToFileURL(inRoot('dist/libs/platform/index.js')).href);
  writeFileSync(inRoot('.env.example'), envExample(describeConfig()));
  const readme = inRoot('README.md');
  writeFileSync(readme, readmeWithSettings(readFileSync(readme, 'utf8'), describeConfig()));
  writeFileSync(inRoot('docs/reference/errors.md'), errorReference(errorCatalogue));
});
