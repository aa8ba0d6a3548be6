/** The programs as `npm start` and the image run them. */
export const SERVER = 'dist/run/server.js';
export const SANDBOX = 'dist/run/sandbox.js';

/** The server with files of this folder that are loaded before it; what they import of it is what it runs (scripts/lib/before-tests.mjs). */
const PRELOADED = 'dist/e2e';

/** Settings of a program into which these files of this folder are preloaded. */
export const preload = (...names: readonly string[]): { readonly NODE_OPTIONS: string } => ({
  NODE_OPTIONS: names
    .map((name) => `--import=${new URL(`../../${PRELOADED}/${name}.js`, import.meta.url).href}`)
    .join(' '),
});

/** The server to be run with these settings. */
export const serverFor = (env: Readonly<Record<string, string>>): string =>
  'NODE_OPTIONS' in env ? `${PRELOADED}/server.js` : SERVER;
