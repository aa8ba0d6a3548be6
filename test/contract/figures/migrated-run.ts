import { EventLog, EventRegistry, NEW_STREAM } from '#event-store';
import { mulberry32, SimulatedStore } from '#testing';
import { processDecider, UnknownDefinition, WorkflowRegistry } from '#workflow';
import { processEvents } from '#workflow/published';
import { Driven } from '../../../libs/workflow/test/driving.js';
import { happen, migrate, VERSIONS } from '../driven-processes.js';
import { runOf, type Run } from './run.js';

const PROCESSES = 8;
const TURNS = 12;

/** Processes whose steps get other names while any of them is under way. */
export async function migratedRun(seed: number): Promise<Run> {
  const random = mulberry32(seed);
  const store = new SimulatedStore();
  const log = new EventLog(store, new EventRegistry().register(processEvents));
  for (let n = 0; n < PROCESSES; n++) {
    const { events } = lived(random);
    let head = NEW_STREAM;
    for (const event of events) {
      const { time } = event.data as { time: number };
      const about = { $correlationId: 'c', $causationId: 'c', actor: 'ann', tenant: 'default', commandId: 'x', time };
      const prepared = log.prepare(`process-${n}`, head, [event], about);
      await log.append(prepared);
      head = prepared.head;
    }
  }
  return runOf(store, processEvents, { process: processDecider(new WorkflowRegistry([VERSIONS[0]!])) });
}

/** A process that is migrated twice, unless the last version calls a step by the name under which another has begun (law 2): then it stays as it was. */
function lived(random: () => number): Driven {
  const driven = new Driven(VERSIONS[0]!).begin('w', { items: [1, 2] });
  try {
    for (const [i, version] of VERSIONS.entries()) {
      if (i > 0) migrate(driven, version);
      for (let turn = 0; turn < TURNS * random(); turn++)
        happen(driven, Math.floor(random() * 10), Math.floor(random() * 12));
    }
  } catch (error) {
    if (!(error instanceof UnknownDefinition)) throw error;
  }
  return driven;
}
