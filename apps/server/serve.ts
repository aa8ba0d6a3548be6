import 'reflect-metadata';
import type { Config } from '#platform';
import { createApp } from './composition/create-app.js';
import { openParts, type OpenOptions } from './composition/open-parts.js';
import { failToStart } from './start-failure.js';

/** Whatever keeps a process from draining, it ends; others go on with what it had, as after a crash. */
const LONGEST_STOP_MS = 9_500;

/** Starts the server in this process, which ends with code 1 and one line where that cannot be. */
export async function serve(config: Config, options: OpenOptions): Promise<void> {
  try {
    const parts = await openParts(config, options);
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
    failToStart(error, config.port);
  }
}
