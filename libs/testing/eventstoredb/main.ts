/**
 * The stand-in as a process: `node dist/libs/testing/eventstoredb/main.js [--nodes N] [--ports P,P,...] [--file PATH]
 * [--control-port P]`. Prints one JSON line with its connection string and control port when it is ready; ends on SIGTERM.
 */
import { parseArgs } from 'node:util';
import { startControl } from './control.js';
import { startEventStoreStandIn } from './stand-in.js';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1' },
    ports: { type: 'string' },
    file: { type: 'string' },
    'control-port': { type: 'string', default: '0' },
  },
});

const standIn = await startEventStoreStandIn({
  nodes: Number(values.nodes),
  ports: values.ports?.split(',').map(Number),
  file: values.file,
});
const control = await startControl(standIn, Number(values['control-port']));
console.log(JSON.stringify({ url: standIn.url, controlPort: control.port }));

process.once('SIGTERM', () => {
  control.close();
  void standIn.close().then(() => process.exit(0));
});
