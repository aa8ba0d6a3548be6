import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file of the repository as text. */
export const read = (path: string): string => readFileSync(root + path, 'utf8');
