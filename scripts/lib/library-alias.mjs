/**
 * `#x` as sources for dependency-cruiser, in the one form it reads (a webpack `resolve`). Without it `#x` leads to dist/,
 * which is excluded, and the import law would see nothing.
 */
import { readdirSync } from 'node:fs';
import { inRoot } from './project.mjs';

const alias = {};
for (const name of readdirSync(inRoot('libs'))) {
  alias[`#${name}/published$`] = inRoot('libs', name, 'published', 'index.ts');
  alias[`#${name}/testing$`] = inRoot('libs', name, 'testing', 'index.ts');
  alias[`#${name}$`] = inRoot('libs', name, 'index.ts');
}

export default { resolve: { alias } };
