/** `npm run db:verify`, `db:backup DIR`, `db:restore DIR`: the embedded log's maintenance functions, from the command line. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StepFailed, buildIfStale, inRoot, installIfNeeded, main } from './lib/project.mjs';
import { settings } from './lib/settings.mjs';

const directory = (argument, command) => {
  if (argument === undefined) throw new StepFailed(`Say where: npm run db:${command} DIR`, 2);
  return resolve(process.env.INIT_CWD ?? process.cwd(), argument);
};

const COMMANDS = {
  async verify({ verifyLog }, { dataDir }) {
    const report = await verifyLog(dataDir);
    console.log(JSON.stringify(report, null, 2));
    return report.ok ? 0 : 1;
  },
  async backup({ backupTo }, { dataDir }, argument) {
    const target = directory(argument, 'backup');
    await backupTo(dataDir, target);
    console.log(`Backed up ${dataDir} to ${target}`);
  },
  async restore({ restore }, { dataDir }, argument) {
    const source = directory(argument, 'restore');
    await restore(source, dataDir);
    console.log(`Restored ${source} to ${dataDir}`);
  },
};

await main(async () => {
  const [command, argument] = process.argv.slice(2);
  const work = COMMANDS[command];
  if (work === undefined) throw new StepFailed(`Say what: one of ${Object.keys(COMMANDS).join(', ')}`, 2);
  await installIfNeeded();
  await buildIfStale();
  const store = await import(pathToFileURL(inRoot('dist/libs/event-store/index.js')).href);
  try {
    return await work(store, settings(), argument);
  } catch (error) {
    throw error instanceof StepFailed ? error : new StepFailed(error.message, 1);
  }
});
