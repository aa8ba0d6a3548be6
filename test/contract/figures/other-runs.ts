import { definitionOf, productDecider, productStream, type ProductCommand } from '#catalogue';
import { productEvents } from '#catalogue/published';
import { EventLog, EventRegistry, NEW_STREAM } from '#event-store';
import { catalogue } from '#products';
import { occurrenceDecider, scheduleDecider, scheduleEvents } from '#schedule';
import { mulberry32, SimulatedStore } from '#testing';
import { processDecider, WorkflowRegistry } from '#workflow';
import { processEvents } from '#workflow/published';
import { MINUTE, Schedules, task } from '../../simulation/schedules.js';
import { runOf, type Run } from './run.js';

/** Schedules that are made, changed and deleted while a worker crashes now and then. */
export async function schedulesRun(seed: number): Promise<Run> {
  const random = mulberry32(seed);
  const world = new Schedules(1, random);
  for (const id of ['a', 'b', 'c']) {
    const workflow = random() < 0.5 ? 'short' : 'long';
    await world.create(id, { seconds: 20 + Math.floor(random() * 60) }, { workflow });
    await world.advance(random() * 3 * MINUTE);
    if (random() < 0.5) world.nodes[0]!.crash(random() * MINUTE);
    await world.advance(MINUTE);
    const terms = { trigger: 'interval', kwargs: { seconds: 45 } };
    const change = random() < 0.5 ? { type: 'ChangeSchedule', terms } : { type: 'DeleteSchedule' };
    await world.send(id, change).catch(() => undefined);
  }
  await world.advance(2 * MINUTE);
  for (const { runtime } of world.nodes) runtime.kill();
  const workflows = new WorkflowRegistry([task('short', 1_000), task('long', 90_000)]);
  const deciders = { schedule: scheduleDecider, occurrence: occurrenceDecider, process: processDecider(workflows) };
  return runOf(world.store, [...scheduleEvents, ...processEvents], deciders);
}

/** Products that are registered and changed, and what people say of other things. */
export async function catalogueRun(seed: number): Promise<Run> {
  const random = mulberry32(seed);
  const store = new SimulatedStore();
  const log = new EventLog(store, new EventRegistry().register(productEvents));
  const things = [...catalogue.registered.map(({ productId }) => productId), 'workflow/x', 'resource_type/y'];
  const streams = things.map((id) => ({ id, head: NEW_STREAM, state: productDecider.initial() }));
  for (let time = 1; time < 60; time++) {
    const stream = streams[Math.floor(random() * streams.length)]!;
    const events = decided(() => productDecider.decide(commandFor(stream.id, random, time), stream.state));
    if (events.length === 0) continue;
    const about = {
      $correlationId: 'c',
      $causationId: 'c',
      actor: 'ann',
      tenant: 'default',
      commandId: `${time}`,
      time,
    };
    const prepared = log.prepare(productStream(stream.id), stream.head, events, about);
    await log.append(prepared);
    Object.assign(stream, { head: prepared.head, state: events.reduce(productDecider.evolve, stream.state) });
  }
  return runOf(store, productEvents, { product: productDecider });
}

function commandFor(id: string, random: () => number, time: number): ProductCommand {
  const product = catalogue.registered.find(({ productId }) => productId === id);
  const description = `said at ${time}`;
  if (product === undefined) return { type: 'SetDescription', kind: 'workflow', name: id, description, time };
  if (random() < 0.5) {
    const definition = { ...definitionOf(product), name: `${product.name} ${Math.floor(random() * 3)}` };
    return { type: 'RegisterProduct', definition, status: 'active', time };
  }
  const status = random() < 0.5 ? 'phase out' : 'end of life';
  return { type: 'PatchProduct', description, status, liveSubscriptions: 0, time };
}

/** What does not fit is refused. */
function decided<T>(decide: () => readonly T[]): readonly T[] {
  try {
    return decide();
  } catch {
    return [];
  }
}
