import 'reflect-metadata';
import { createLogger, createMetrics, type Config } from '#platform';
import { createApp } from './composition/create-app.js';
import type { Parts } from './composition/parts.js';
import { openApiDocument } from './http/openapi.js';

/** Prints the OpenAPI document. No store and no port is opened: routes are only described, so the parts are never used. */
async function main(): Promise<void> {
  const config = { roles: ['api'] } as Partial<Config> as Config;
  const [logger, metrics] = [createLogger({ level: 'fatal' }), createMetrics()];
  const parts = { config, logger, metrics, close: async () => {} } as Partial<Parts> as Parts;
  const app = await createApp(parts);
  process.stdout.write(`${JSON.stringify(openApiDocument(app), null, 2)}\n`);
  await app.close();
}

await main();
