import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import {
  EventLog,
  EventRegistry,
  NEW_STREAM,
  type EventMetadata,
  type EventStore,
  type StreamHead,
} from '#event-store';
import { systemClock, type Clock, type DomainEvent, type SubjectKeys } from '#kernel';
import { portfolioEvents } from '#portfolio/published';
import { scheduleEvents } from '#schedule/published';
import { subscriptionEvents } from '#subscription/published';
import { SimulatedStore } from '#testing';
import { processEvents } from '#workflow/published';
import {
  countOpenWork,
  listPortfolios,
  listProjections,
  listProcesses,
  listSubscriptions,
  openWork,
  overview,
  portfolio,
  process,
  processesOf,
  projections,
  startProjector,
  subscription,
  type Decode,
  type Projection,
  type Projector,
  type ProjectorOptions,
  type ReadModels,
  type Sort,
} from '#read-models';

export const PLAN = { name: 'azure', version: 1, stages: ['TENANT', 'BILLING_PROFILE'] };

/** A log to write to, with the registry of all contexts. */
export class World {
  readonly log: EventLog;
  private readonly heads = new Map<string, StreamHead>();
  time = 1_000_000;

  constructor(
    readonly store: EventStore = new SimulatedStore(),
    keys?: SubjectKeys,
  ) {
    const registry = new EventRegistry();
    registry.register(portfolioEvents).register(processEvents).register(subscriptionEvents);
    registry.register(scheduleEvents);
    this.log = new EventLog(store, registry, keys);
  }

  /** Of the appends that follow, in place of what they say otherwise. */
  about: Partial<EventMetadata> = {};

  readonly decode: Decode = (stored) => this.log.decode(stored);

  async append(stream: string, events: readonly DomainEvent[], owed?: EventMetadata['owed']): Promise<number> {
    await this.log.ensureKeys(stream, events);
    const prepared = this.log.prepare(stream, this.heads.get(stream) ?? NEW_STREAM, events, {
      $correlationId: 'c',
      $causationId: 'c',
      actor: 'someone',
      tenant: 'default',
      commandId: `x${this.time}`,
      time: ++this.time,
      ...(owed && { owed }),
      ...this.about,
    });
    const { position } = await this.log.append(prepared);
    this.heads.set(stream, prepared.head);
    return position;
  }

  portfolio(id: string): Promise<number> {
    const data = { name: id, csp: 'azure', plan: PLAN, facts: {}, advance: 'automatic', time: this.time };
    return this.append(`portfolio-${id}`, [{ type: 'PortfolioCreated', data }], { run: true, due: 5 });
  }

  async subscription(id: string, description: string, active: boolean): Promise<number> {
    const product = { productId: 'ug', productName: 'User Group', customerId: description };
    const data = { ...product, description, status: 'initial', insync: false, processId: 'p', time: this.time };
    const more = active ? [{ type: 'SubscriptionActivated', data: { startDate: this.time - 7, time: this.time } }] : [];
    return this.append(`subscription-${id}`, [{ type: 'SubscriptionCreated', data }, ...more]);
  }

  stage(id: string, type: string, more: object = {}): Promise<number> {
    const data = { step: 'TENANT', generation: 1, attempt: 1, time: this.time, ...more };
    return this.append(`portfolio-${id}`, [{ type, data }], { run: false, due: 9 });
  }
}

export const failure = { kind: 'refused', code: 'no', message: 'refused by the CSP' } as const;
export const started = { owner: 'me', until: 9, input: {}, tokenKey: 'k' };

/** A bit of everything: two portfolios, a process with its subscription. */
export async function story(world: World): Promise<number> {
  await world.portfolio('a');
  await world.stage('a', 'StageStarted', started);
  await world.stage('a', 'StageCompleted', { result: { user_id: 'u' } });
  await world.portfolio('b');
  await world.stage('b', 'StageStarted', started);
  await world.stage('b', 'StageFailed', { failure });
  const time = world.time;
  const state = { group_name: 'g' };
  const steps = [
    { key: 'init', name: 'Start' },
    { key: 'done', name: 'Done' },
  ];
  const start = {
    workflow: 'create_user_group',
    version: 1,
    target: 'CREATE',
    isTask: false,
    steps,
    state,
    createdBy: 'someone',
    time,
  };
  await world.append('process-p', [{ type: 'ProcessStarted', data: start }], { run: true, due: 1 });
  const step = { step: 'init', generation: 1, attempt: 1, time };
  await world.append('process-p', [{ type: 'StepStarted', data: { ...step, ...started } }], { run: true, due: 1 });
  const created = {
    productId: 'ug',
    productName: 'User Group',
    customerId: 'cu',
    description: 'd',
    status: 'initial',
    insync: false,
    processId: 'p',
    time,
  };
  const related = { processId: 'p', workflow: 'create_user_group', target: 'CREATE', time };
  await world.append('subscription-s', [
    { type: 'SubscriptionCreated', data: created },
    { type: 'ProcessRelated', data: related },
    {
      type: 'SubscriptionValuesChanged',
      data: { block: 'user_group', values: { group_id: '7' }, processId: 'p', time },
    },
    { type: 'SubscriptionActivated', data: { startDate: 2_500, time } },
    { type: 'Resynced', data: { processId: 'p', time } },
  ]);
  await world.append('process-p', [{ type: 'StepCompleted', data: { ...step, result: { subscription_id: 's' } } }], {
    run: true,
    due: 1,
  });
  return world.append('process-p', [{ type: 'ProcessCompleted', data: { time } }]);
}

/** A database for one test. */
export interface Database {
  /** Each call another connection to it. Closed with the database. */
  open(options?: { acceptLoss?: boolean }): Promise<ReadModels>;
  remove(): Promise<void>;
}

export interface Running {
  readonly models: ReadModels;
  /** Tests wait with the deadline that they all have. */
  readonly projector: Omit<Projector, 'waitFor'>;
  /** Until the views hold `position`. Rejects with what has stopped the projector. */
  readonly waitFor: (position: number) => Promise<void>;
  stop(): Promise<void>;
}

export const DEADLINE_MS = 30_000;
/** A projector's pauses are ten times as short, so that nobody waits for it to look about; {@link DEADLINE_MS} is what it is. */
export const hurried: Clock = {
  ...systemClock,
  after: (ms, call) => systemClock.after(ms < DEADLINE_MS ? ms / 10 : ms, call),
};

type Given = Partial<Pick<ProjectorOptions, 'store' | 'decode' | 'projections' | 'owner' | 'clock'>>;

/** A log with the means to read it. */
type Readable = Pick<World, 'store' | 'decode'>;

export async function project(world: Readable, models: ReadModels, given: Given = {}): Promise<Running> {
  const abort = new AbortController();
  const projector = await startProjector({
    store: world.store,
    decode: world.decode,
    readModels: models,
    projections,
    signal: abort.signal,
    owner: randomUUID(),
    clock: hurried,
    ...given,
  });
  const stop = async () => {
    abort.abort();
    await projector.done;
  };
  // What stopped it says more than that it did not come so far.
  const late = async (error: unknown) => {
    await stop();
    throw error;
  };
  return { models, projector, waitFor: (position) => projector.waitFor(position, DEADLINE_MS).catch(late), stop };
}

/** Projects until the views hold `position`. */
export async function upTo(world: Readable, position: number, models: ReadModels, given: Given = {}): Promise<Running> {
  const running = await project(world, models, given);
  await running.waitFor(position);
  return running;
}

/** When no view is being rebuilt any more. */
export async function rebuilt(models: ReadModels): Promise<void> {
  while ((await listProjections(models)).some(({ rebuild }) => rebuild !== null)) await sleep(10);
}

/** All rows of all views, to be compared. One table after the other: a connection for each would cost more than its rows. */
export async function dump({ db }: ReadModels): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of [...projections.flatMap((each) => each.tables.map(({ name }) => name)), 'parked'])
    all[table] = (await sql<object>`SELECT * FROM ${sql.table(table)} ORDER BY 1, 2, 3`.execute(db)).rows;
  return all;
}

export const moveCheckpoints = ({ db }: ReadModels, to: number, of: readonly Projection[] = projections) =>
  db
    .updateTable('checkpoints')
    .set({ position: to })
    .where(
      'projection',
      'in',
      of.map(({ name }) => name),
    )
    .execute();

/** SHA-256 over all rows of all views. */
export const hashOf = async (models: ReadModels): Promise<string> =>
  createHash('sha256')
    .update(JSON.stringify(await dump(models)))
    .digest('hex');

export async function openStreams(models: ReadModels, dueBefore?: number): Promise<string[]> {
  const streams: string[] = [];
  for await (const work of openWork(models, dueBefore)) streams.push(work.stream);
  return streams;
}

/** What every query answers, in several orders, filters and pages. */
export async function answers(models: ReadModels, now: number): Promise<unknown> {
  const sorts = ['asc', 'desc'].flatMap((direction) => [
    [
      { field: 'start_date', direction },
      { field: 'description', direction },
    ],
    [{ field: 'customer_id', direction }],
  ]) as Sort[][];
  const [first, all] = [await listPortfolios(models, { limit: 7 }), await listPortfolios(models, { limit: 500 })];
  return {
    overview: await overview(models, now),
    first,
    second: await listPortfolios(models, { limit: 7, cursor: first.next! }),
    all,
    failed: await listPortfolios(models, { state: 'TENANT_FAILED' }),
    details: await Promise.all(all.items.map((item) => portfolio(models, item.id))),
    processes: await listProcesses(models, { sort: [{ field: 'last_step', direction: 'asc' }] }),
    process: await process(models, 'p'),
    trail: await processesOf(models, 's'),
    sorted: await Promise.all(sorts.map((sort) => listSubscriptions(models, { sort, range: [3, 40] }))),
    active: await listSubscriptions(models, { status: 'active', insync: true, product: 'User Group' }),
    subscription: await subscription(models, 's'),
    open: await openStreams(models),
    counted: await countOpenWork(models),
  };
}
