import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import {
  EventLog,
  EventRegistry,
  NEW_STREAM,
  type EventMetadata,
  type EventStore,
  type StreamHead,
} from '#event-store';
import type { DomainEvent, SubjectKeys } from '#kernel';
import { portfolioEvents } from '#portfolio/published';
import { subscriptionEvents } from '#subscription/published';
import { SimulatedStore } from '#testing';
import { processEvents } from '#workflow/published';
import {
  openReadModels,
  openWork,
  projections,
  startProjector,
  type Decode,
  type Projector,
  type ReadModels,
} from '../index.js';

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
    this.log = new EventLog(store, registry, keys);
  }

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
    });
    const { position } = await this.log.append(prepared);
    this.heads.set(stream, prepared.head);
    return position;
  }

  portfolio(id: string): Promise<number> {
    const data = { name: id, csp: 'azure', plan: PLAN, facts: {}, advance: 'automatic', time: this.time };
    return this.append(`portfolio-${id}`, [{ type: 'PortfolioCreated', data }], { run: true, due: 5 });
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

export interface Running {
  readonly models: ReadModels;
  readonly projector: Projector;
  stop(): Promise<void>;
}

export async function project(
  world: World,
  given: { models?: ReadModels; store?: EventStore; decode?: Decode } = {},
): Promise<Running> {
  const models = given.models ?? (await openReadModels({ directory: ':memory:' }));
  const abort = new AbortController();
  const { store = world.store, decode = world.decode } = given;
  const signals = { signal: abort.signal, owner: randomUUID() };
  const projector = await startProjector({ store, decode, readModels: models, projections, ...signals });
  return {
    models,
    projector,
    stop: async () => {
      abort.abort();
      await projector.done;
    },
  };
}

/** All rows of all views, to be compared. */
export async function dump({ db }: ReadModels): Promise<Record<string, unknown[]>> {
  const tables = ['worklist', 'portfolios', 'processes', 'process_subscriptions', 'subscriptions', 'parked'] as const;
  const rows = tables.map(async (table) => {
    const all = await sql<object>`SELECT * FROM ${sql.table(table)} ORDER BY 1, 2`.execute(db);
    return [table, all.rows] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

export const moveCheckpoints = ({ db }: ReadModels, to: number) =>
  db.updateTable('checkpoints').set({ position: to }).execute();

export async function openStreams(models: ReadModels): Promise<string[]> {
  const streams: string[] = [];
  for await (const work of openWork(models)) streams.push(work.stream);
  return streams;
}
