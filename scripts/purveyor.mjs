#!/usr/bin/env node
/** `npx purveyor` in a clone: the built command line. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inRoot } from './lib/project.mjs';

const program = inRoot('dist/apps/cli/main.js');
if (existsSync(program)) await import(pathToFileURL(program).href);
else {
  console.error('purveyor: not built yet; run `npm run build` first');
  process.exitCode = 7;
}
