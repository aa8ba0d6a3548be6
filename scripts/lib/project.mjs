/** What every script needs before anything is installed: Node built-ins only. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RUN, bundle } from './bundle.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const inRoot = (...parts) => join(root, ...parts);
export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Runs a program with the terminal's own output; resolves to its exit code (128 + n for a signal). */
export function run(command, args, { env = {}, output = 'inherit', onOutput } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = onOutput ? ['ignore', 'pipe', 'pipe'] : ['ignore', output, output];
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio });
    if (onOutput) for (const stream of [child.stdout, child.stderr]) stream.on('data', onOutput);
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 128));
  });
}

/** The script behind a package's command, so that no shell and no `npx` stands between. */
export function commandOf(packageName, command = packageName.split('/').pop()) {
  const { bin } = readJson(inRoot('node_modules', packageName, 'package.json'));
  return inRoot('node_modules', packageName, typeof bin === 'string' ? bin : bin[command]);
}

/** Runs an installed package's command in this Node. */
export const runTool = (packageName, args, options = {}) =>
  run(process.execPath, [commandOf(packageName, options.command), ...args], options);

const modifiedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** The newest change below a folder; folders count too, so that a removed file is noticed. */
function newestIn(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return path.endsWith('.spec.ts') ? 0 : stat.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestIn(join(path, name))), stat.mtimeMs);
}

/** Says every five seconds that a long step is still going on. */
async function withProgress(label, work) {
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  console.log(`${label} ...`);
  const ticker = setInterval(() => console.log(`${label} ... ${elapsed()}`), 5000);
  const code = await work().finally(() => clearInterval(ticker));
  if (code !== 0) throw new StepFailed(`${label} failed (exit code ${code})`, code);
  console.log(`${label}: done in ${elapsed()}`);
}

export class StepFailed extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

const npm = (args) => {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return run(process.execPath, [cli, ...args]);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
};

/** `npm install`, never `npm ci`: the lock may lack other platforms' optional packages (docs/how-to/install.md). */
export async function installIfNeeded() {
  const installed = modifiedAt(inRoot('node_modules', '.package-lock.json'));
  if (installed > 0 && installed >= modifiedAt(inRoot('package-lock.json'))) return;
  await withProgress('Installing packages (about a minute the first time)', () =>
    npm(['install', '--no-audit', '--no-fund']),
  );
}

const SOURCES = ['apps', 'libs', 'test/bench', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package.json'];
const STAMP = 'dist/.built';

function isCompiled() {
  const newest = Math.max(...SOURCES.map((path) => newestIn(inRoot(path))));
  return existsSync(inRoot(STAMP)) && Number(readFileSync(inRoot(STAMP), 'utf8')) >= newest;
}

async function compile() {
  const startedAt = Date.now();
  await withProgress('Building', () => runTool('@nestjs/cli', ['build'], { command: 'nest' }));
  writeFileSync(inRoot(STAMP), String(startedAt));
}

/** Builds when a source is newer than the last build that succeeded. */
export async function buildIfStale() {
  if (!isCompiled()) await compile();
  await bundleIfStale();
}

export async function build() {
  await compile();
  await bundle(root);
}

/** Besides what was compiled: the packages that are bundled with it, and how. */
const BUNDLED_FROM = [STAMP, 'node_modules/.package-lock.json', 'scripts/lib/bundle.mjs'];

/** Bundles to `out` when something was compiled or installed, or a file of `more` was changed, since; nothing where nothing was compiled. */
export async function bundleIfStale(out = RUN, more = {}) {
  if (!existsSync(inRoot(STAMP))) return;
  const newest = Math.max(...[...BUNDLED_FROM, ...Object.values(more)].map((path) => modifiedAt(inRoot(path))));
  if (modifiedAt(inRoot(out, 'server.js')) < newest) await bundle(root, out, more);
}

/**
 * Ends the process with one line instead of a stack when a step failed; anything unforeseen keeps its stack. `closing` is
 * printed last after a failure, for who reads only the last line.
 */
export async function main(work, { closing } = {}) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    console.error(error instanceof StepFailed ? error.message : error);
    if (closing !== undefined) console.log(closing);
    process.exitCode = error.code > 0 ? error.code : 1;
  }
}
