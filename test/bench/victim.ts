import { Engine } from './engine.js';
import { closedLoop, exponential } from './statistics.js';

/** Runs until it is killed: `node victim.js <directory> <in flight>`. */
const [directory, inFlight] = process.argv.slice(2);
const engine = await Engine.open(directory!, exponential(7, 200));
process.stdout.write('running\n');
await closedLoop(Number.MAX_SAFE_INTEGER, Number(inFlight), () => engine.run());
