import { loadConfig } from '#platform';
import { openParts } from '../../apps/server/composition/open-parts.js';
import { sixSteps } from './six-steps.js';

/** One process of the production bench: the roles are in its environment. Says `ready`, drains on SIGTERM. */
const parts = await openParts(loadConfig(process.env), { workflows: [sixSteps(() => 0)] });
await parts.start();
process.stdout.write('ready\n');
process.once('SIGTERM', () => void parts.close().then(() => process.exit(0)));
