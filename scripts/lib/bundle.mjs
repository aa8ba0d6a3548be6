/** Each program in few files in place of the 3,900 that Node would look up, read and link at every start (docs/adr/0082). */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where bundled programs stand, and what each is bundled from. The worker is found beside who starts it. */
export const RUN = 'dist/run';
const PROGRAMS = {
  server: 'dist/apps/server/main.js',
  'projector.worker': 'dist/apps/server/composition/projector.worker.js',
  sandbox: 'dist/apps/sandbox/main.js',
};

/** A binding of this platform; what other packages load past the bundler, and must share; what Nest offers and nobody installed. */
const LEFT_OUT = [
  '@photostructure/sqlite',
  'class-validator',
  'class-transformer',
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'pg-native',
];

/** What packages in CommonJS take for given, in a file that is an ES module. */
const REQUIRE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/**
 * Bundles what is built in `root`, with what tests preload into it: `more`, by name. What two of them import is one module for both.
 * Names are kept: of classes they are what events of the framework, schemas and metrics are called by.
 */
export async function bundle(root, out = RUN, more = {}) {
  const { build } = await import('esbuild');
  const made = `${out}.new`;
  const remove = (folder) => rmSync(join(root, folder), { recursive: true, force: true });
  remove(made);
  await build({
    absWorkingDir: root,
    entryPoints: { ...PROGRAMS, ...more },
    outdir: made,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    external: LEFT_OUT,
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
  // In one step: parts of a bundle that was broken off would be taken for a new one.
  remove(out);
  renameSync(join(root, made), join(root, out));
}
