import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { moveLog, openEmbeddedStore, type Moved, type MoveProgress } from '#event-store';
import { systemClock } from '#kernel';
import { createLogger, loadConfig, readConnectionString } from '#platform';
import { LOG_DB } from '../../../libs/event-store/embedded/database.js';
import { Closing } from '../composition/closing.js';
import { openStore } from '../composition/open-log.js';
import { UsageError, type SubCommand } from './command.js';

const TELL_EVERY_MS = 1_000;

/** Copies the log of PURVEYOR_DATA_DIR; a repeat after any interruption goes on where the last run ended. */
export const moveCommand: SubCommand = {
  usage: '--to esdb://... | --to-file FILE',
  meaning: 'copies the embedded log into an EventStoreDB and verifies it; FILE holds the connection string',
  async run(args) {
    const eventStore = targetOf(args);
    const config = loadConfig(process.env, { keys: 'leave' });
    if (!existsSync(join(config.dataDir, LOG_DB))) throw new Error(`There is no log in ${config.dataDir}.`);
    const closing = new Closing();
    try {
      const source = await openEmbeddedStore({ directory: config.dataDir, evenMoved: true, onWarning: say });
      closing.add(() => source.close());
      const logger = createLogger({ level: 'error' });
      const given = { config: Object.assign(config, { eventStore }), logger, clock: systemClock, acceptLoss: false };
      const { store: target } = await openStore(given, closing);
      report(await moveLog(source, target, progress()));
      source.markMoved(target.logId);
      return 0;
    } finally {
      await closing.close();
    }
  },
};

function targetOf([option, value, ...more]: readonly string[]): string {
  if (value === undefined || more.length > 0) throw new UsageError('move takes --to URL or --to-file FILE.');
  const text = option === '--to' ? value : option === '--to-file' ? readFileSync(value, 'utf8').trim() : '';
  if (readConnectionString(text) === undefined)
    throw new UsageError(
      'The target is a connection string, esdb://[USER:PASSWORD@]HOST:PORT[,...][?SETTING=...], what is special in it percent-encoded.',
    );
  return text;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** A line for each kind of work, and one a second. */
function progress(): (progress: MoveProgress) => void {
  let [doing, next] = ['', 0];
  return (now) => {
    if (now.doing === doing && Date.now() < next) return;
    [doing, next] = [now.doing, Date.now() + TELL_EVERY_MS];
    say(`${now.doing}: ${now.at} of ${now.of}`);
  };
}

function report({ events, streams, copied }: Moved): void {
  say(`${copied} of ${events} events were written by this run.`);
  process.stdout.write(`Moved ${events} events in ${streams} streams; every event, chain and head is the same.\n`);
  say('Keep the data directory: it holds the vault. Start with PURVEYOR_EVENT_STORE set; the views are made anew.');
}
