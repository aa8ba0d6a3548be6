import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { dueTimeFaults } from './production.due-times.faults.js';
import { faultsOf } from './production.faults.js';
import { groupFaults, parkedMessages } from './production.group.faults.js';
import { logFaults } from './production.log.faults.js';
import { processFaults } from './production.processes.faults.js';
import { Production } from './production.world.js';

let given: Production | undefined;
beforeAll(async () => {
  given = await Production.start({ members: { api: 2, worker: 3, projector: 2 }, nodes: 3 });
  if (given === undefined) console.info('PostgreSQL is not installed: faults of the production mode are not tested');
}, 240_000);
// Whatever a test has left behind, the next one begins without a fault.
afterEach(async () => {
  if (given?.hasNetworkFaults) await given.fault({ kind: 'none' });
});
afterAll(() => given?.stop(), 60_000);

const faults = faultsOf(() => given);
logFaults(faults);
groupFaults(faults);
dueTimeFaults(faults);
processFaults(faults);
parkedMessages(faults);
