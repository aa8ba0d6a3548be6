import 'reflect-metadata';
import { ShutdownSignal } from '@nestjs/common';
import type { Config } from '#platform';
import { createApp } from './composition/create-app.js';
import { openParts, type OpenOptions } from './composition/open-parts.js';
import { failToStart } from './start-failure.js';

/** Whatever keeps a process from draining, it ends; others go on with what it had, as after a crash. */
const LONGEST_STOP_MS = 9_500;

/** Starts the server in this process, which ends with code 1 and one line where that cannot be. */
export async function serve(config: Config, options: OpenOptions): Promise<void> {
  const stop = new AbortController();
  try {
    const parts = await openParts(config, options);
    for (const warning of config.warnings) parts.logger.warn(warning);
    const app = await createApp(parts);
    app.enableShutdownHooks();
    for (const signal of Object.values(ShutdownSignal)) process.once(signal, () => stop.abort());
    stop.signal.addEventListener('abort', () => setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref());
    await app.listen(config.port, config.host).catch(async (error: Error) => {
      await parts.close();
      throw error;
    });
    await parts.start();
    if (!stop.signal.aborted) parts.logger.info(`Purveyor listens on ${await app.getUrl()}`);
  } catch (error) {
    // What is being closed cannot be started: that ends by itself, and has to hand back first what it took up.
    if (!stop.signal.aborted) failToStart(error, config.port);
  }
}
