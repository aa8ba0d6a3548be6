/** `npm start [-- --accept-loss]`: installs and builds if needed, starts server and (with the demo) sandbox, seeds once, says what is where. */
import { pathToFileURL } from 'node:url';
import { RUN } from './lib/bundle.mjs';
import { startProgram, stopAll } from './lib/children.mjs';
import { seedOnce } from './lib/demo.mjs';
import { isFree, isListening, waitUntil } from './lib/ports.mjs';
import { StepFailed, buildIfStale, inRoot, installIfNeeded, main } from './lib/project.mjs';
import { sandboxEnv, settings } from './lib/settings.mjs';

const ACCEPT_LOSS = '--accept-loss';

/** What the server is given. */
function serverArguments() {
  const given = process.argv.slice(2);
  const unknown = given.find((each) => each !== ACCEPT_LOSS);
  if (unknown === undefined) return given;
  throw new StepFailed(
    `npm start does not know ${unknown}; it takes ${ACCEPT_LOSS}, settings are environment variables.`,
    2,
  );
}

async function requireFree(port, variable, what, host) {
  if (await isFree(port, host)) return;
  throw new StepFailed(
    `Port ${port} for the ${what} is in use: stop what uses it, or set ${variable} to a free port.`,
    1,
  );
}

/** Asked before the sandbox starts, so that a second start touches nothing of the first. The server's own lock is what decides. */
async function requireOwnable(dataDir) {
  const { ownDirectory } = await import(pathToFileURL(inRoot('dist/libs/event-store/embedded/ownership.js')).href);
  try {
    ownDirectory(dataDir)();
  } catch (error) {
    if (error.code !== 'directory_in_use' && error.code !== 'disk_full') throw error;
    throw new StepFailed(`${error.message[0].toUpperCase()}${error.message.slice(1)} (PURVEYOR_DATA_DIR).`, 1);
  }
}

const isReady = (base) => fetch(`${base}/readyz`).then(({ ok }) => ok);

/** Waits for the question to become true; a program that ends meanwhile has said why, its exit code is passed on. */
async function waitFor(what, ask, programs) {
  const ended = () => programs.find(({ code }) => code !== undefined);
  if (await waitUntil(ask, { seconds: 60, stopped: () => ended() !== undefined })) return;
  const { name, code } = ended() ?? {};
  if (name !== undefined) throw new StepFailed(`The ${name} ended with exit code ${code}.`, code || 1);
  throw new StepFailed(`The ${what} was not ready within 60 s; its log above says what it waits for.`, 1);
}

function announce({ base, dataDir, sandbox, demo }) {
  const lines = [
    '',
    'Purveyor is ready.',
    `  API            ${base}/api`,
    `  API reference  ${base}/docs`,
    `  OpenAPI        ${base}/openapi.json`,
    `  Data           ${dataDir}`,
    ...(demo ? [`  Sandbox        ${sandbox}`] : []),
    '',
    'Three commands to try:',
    `  curl ${base}/api/dashboards/overview`,
    `  curl ${base}/api/portfolios`,
    `  curl ${base}/api/subscriptions`,
    '',
    'Stop with Ctrl-C; the data stays.',
  ];
  console.log(lines.join('\n'));
}

async function serve(programs, options) {
  const { host, port, sandboxPort, demo, dataDir } = options;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const base = `http://${reachable}:${port}`;
  const env = { PURVEYOR_DEMO: demo ? 'on' : 'off' };
  if (demo) programs.push(startProgram('sandbox', inRoot(RUN, 'sandbox.js'), sandboxEnv(dataDir)));
  programs.push(startProgram('server', inRoot(RUN, 'server.js'), env, options.args));
  await waitFor('server', () => isReady(base), programs);
  if (demo) await waitFor('sandbox', () => isListening(sandboxPort), programs);
  announce({ base, dataDir, sandbox: `http://127.0.0.1:${sandboxPort}`, demo });
  if (demo)
    await seedOnce(base, dataDir).then(console.log, (error) => console.error(`Demo not sent: ${error.message}`));
}

/** Resolves when a person asks to stop, or with the first program that ends by itself. */
function untilStopped(programs, signal) {
  return Promise.race([signal, ...programs.map((program) => program.ended.then(() => program))]);
}

const stopSignal = () =>
  new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => resolve(undefined));
  });

await main(async () => {
  const args = serverArguments();
  await installIfNeeded();
  await buildIfStale();
  const options = { ...settings(), args };
  await requireFree(options.port, 'PURVEYOR_PORT', 'server', options.host);
  if (options.demo) await requireFree(options.sandboxPort, 'PURVEYOR_SANDBOX_PORT', 'sandbox');
  await requireOwnable(options.dataDir);
  const programs = [];
  const signal = stopSignal();
  try {
    const ended = await Promise.race([signal, serve(programs, options).then(() => untilStopped(programs, signal))]);
    if (ended === undefined) return 0;
    throw new StepFailed(`The ${ended.name} ended with exit code ${ended.code}.`, ended.code || 1);
  } finally {
    await stopAll(programs);
  }
});
