import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EventLog, EventRegistry, type StoredEvent } from '#event-store';
import { systemClock, systemIds, type Clock } from '#kernel';
import { CallbackTokens, Runtime, type Effect } from '#runtime';
import { occurrenceDecider, scheduleDecider, scheduleEffects, scheduleEvents, scheduleStream } from '#schedule';
import { mulberry32, openWork } from '#testing';
import { processDecider, processEffects, step, workflow, WorkflowRegistry } from '#workflow';
import { processEvents } from '#workflow/published';
import type { EventStoreDbStore } from '../../libs/event-store/eventstoredb/index.js';
import { openView, ownView, servers, type TestServer } from './servers.js';
import { SEED } from '../../libs/testing/seed.js';

/** Eight seconds pass in one: what another worker left is taken over soon, and a busy machine is late by a few at most. */
const FASTER = 8;
const WORKERS = 3;
/** Of one schedule, ms. */
const EVERY = 20_000;
const INSTANTS = 10;

const began = Date.now();
const clock: Clock = {
  now: () => began + (Date.now() - began) * FASTER,
  after: (ms, call) => systemClock.after(ms / FASTER, call),
};
const tokens = new CallbackTokens([{ id: 'k', key: randomBytes(32) }], 'http://127.0.0.1');
const workflows = new WorkflowRegistry([
  workflow({ key: 'short', version: 1, target: 'SYSTEM', isTask: true, description: 'Short' }, [step({ key: 'work' })]),
]);
const registry = new EventRegistry().register(scheduleEvents).register(processEvents);
const context = (commandId: string) => ({ commandId, correlationId: 'c', causationId: 'c', actor: 'ann', tenant: 't' });

interface Worker {
  readonly store: EventStoreDbStore;
  readonly runtime: Runtime;
}

/** Workers over one log. As in production one of those that live keeps the time; who it is changes when it is killed. */
class Workers {
  readonly alive: Worker[] = [];
  private readonly view = ownView();

  constructor(private readonly server: TestServer) {}

  async start(): Promise<void> {
    const store = await openView(this.server.url, this.view);
    const runtime: Runtime = new Runtime({
      log: new EventLog(store, registry),
      clock,
      ids: systemIds(),
      tokens,
      effects: this.effects(() => runtime),
      openWork: (dueBefore) => openWork(store, dueBefore),
      shared: { keepsTime: () => this.alive[0]?.runtime === runtime },
    });
    runtime.register('schedule', scheduleDecider);
    runtime.register('occurrence', occurrenceDecider);
    runtime.register('process', processDecider(workflows));
    this.alive.push({ store, runtime });
    await runtime.start();
  }

  private effects(dispatcher: () => Runtime): readonly Effect[] {
    const starting = async (key: string, _pages: unknown, _who: unknown, createdBy: string) =>
      ({ type: 'StartProcess', workflow: key, state: {}, createdBy, time: clock.now() }) as const;
    return [
      ...processEffects(workflows, { dispatcher, clock }),
      ...scheduleEffects({ clock, dispatcher, openRun: async () => undefined, starting }),
    ];
  }

  async kill(worker: Worker): Promise<void> {
    this.alive.splice(this.alive.indexOf(worker), 1);
    worker.runtime.kill();
    await worker.store.close();
  }

  async events(type: string): Promise<readonly StoredEvent[]> {
    const found: StoredEvent[] = [];
    for (let after = 0, end = false; !end;) {
      const page = await this.alive[0]!.store.readAll({ after: after as never });
      found.push(...page.events.filter((event) => event.type === type));
      [after, end] = [page.next, page.end];
    }
    return found;
  }
}

describe.each(servers)(`schedules on ${WORKERS} workers that are killed: %s (seed ${SEED})`, (_name, startServer) => {
  let server: TestServer;
  let workers: Workers;
  afterEach(async () => {
    while (workers.alive.length > 0) await workers.kill(workers.alive[0]!);
    await server.stop();
  });

  it('every instant fires once, and each run is started once', async () => {
    server = await startServer();
    workers = new Workers(server);
    const random = mulberry32(SEED);
    for (let n = 0; n < WORKERS; n++) await workers.start();
    const id = randomUUID();
    const terms = { trigger: 'interval', kwargs: { seconds: EVERY / 1_000 } };
    const about = { name: 'often', workflow: 'short', terms, by: 'ann', time: clock.now() };
    await workers.alive[0]!.runtime.dispatch(scheduleStream(id), { type: 'CreateSchedule', ...about }, context(id));
    for (let killed = 0; (await workers.events('OccurrenceFired')).length < INSTANTS; killed++) {
      await new Promise((resolve) => setTimeout(resolve, 500 + random() * 2_250));
      // Every other time it is the one who keeps the time.
      await workers.kill(workers.alive[killed % 2 === 0 ? 0 : Math.floor(random() * WORKERS)]!);
      await workers.start();
    }
    const data = async (type: string) =>
      (await workers.events(type)).map((event) => JSON.parse(event.data) as Record<string, number>);
    const planned = (await data('OccurrencePlanned')).map(({ at }) => at!).sort((a, b) => a - b);
    // None is left out and none is planned twice.
    expect(planned.map((at) => at - planned[0]!)).toEqual(planned.map((_, n) => n * EVERY));
    const fired = await workers.events('OccurrenceFired');
    expect(new Set(fired.map(({ stream }) => stream)).size).toBe(fired.length);
    const started = await workers.events('ProcessStarted');
    expect(new Set(started.map(({ stream }) => stream)).size).toBe(started.length);
    // A run is begun before it is recorded that the instant has fired: of the last one only the first of the two may be there.
    expect([0, 1]).toContain(started.length - fired.length);
    expect(await workers.events('OccurrenceSkipped')).toEqual([]);
  }, 120_000);
});
