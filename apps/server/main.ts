import 'reflect-metadata';
import { ConfigError, loadConfig } from '#platform';
import { runCommand } from './commands/index.js';
import { createApp } from './composition/create-app.js';
import { openParts } from './composition/open-parts.js';

/** Whatever keeps a process from draining, it ends; others go on with what it had, as after a crash. */
const LONGEST_STOP_MS = 9_500;

function fail(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One line that says what to do. */
function explain(error: Error & { code?: string }, port: number | undefined): string {
  if (error instanceof ConfigError) return error.message;
  if (error.code === 'EADDRINUSE') return `Port ${port} is in use: stop the other program or set PURVEYOR_PORT.`;
  if (error.code === 'directory_in_use') return `${sentence(error.message)} (PURVEYOR_DATA_DIR).`;
  if (error.code === 'store_unavailable')
    return `The event log does not answer (${error.message}). Start it, or correct PURVEYOR_EVENT_STORE.`;
  return `The server cannot start: ${error.message}`;
}

async function serve(): Promise<void> {
  let port: number | undefined;
  try {
    const config = loadConfig(process.env);
    port = config.port;
    const parts = await openParts(config, { acceptLoss: process.argv.includes('--accept-loss') });
    for (const warning of config.warnings) parts.logger.warn(warning);
    const app = await createApp(parts);
    app.enableShutdownHooks();
    process.once('SIGTERM', () => setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref());
    await app.listen(config.port, config.host).catch(async (error: Error) => {
      await parts.close();
      throw error;
    });
    await parts.start();
    parts.logger.info(`Purveyor listens on ${await app.getUrl()}`);
  } catch (error) {
    fail(explain(error as Error, port));
  }
}

const [command, ...args] = process.argv.slice(2);
if (command === undefined || command.startsWith('-')) await serve();
else process.exitCode = await runCommand(command, args);
