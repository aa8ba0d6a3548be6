import { expect } from '@jest/globals';
import { STAGE_EVENTS } from '#portfolio/published';
import { PASSING } from './azure.js';
import { facts, fundedFacts } from './portfolios.js';
import { type Answer, type AuditEvent, until, type World } from './world.js';

/** Whatever answers the API and knows what the world outside has counted. */
export type Reached = Pick<World, 'api' | 'ledger' | 'events'>;

/** `portfolio` is on version 1 of the plan, `azure` on version 2 with its 22 stages and the notice after them. */
export type FlowName = 'portfolio' | 'azure' | 'create_user_group';

/** One job: `mark` is in every name it takes in the world outside, and its Idempotency-Key. */
export interface Flow {
  /** To be repeated when no answer came. */
  start(world: Reached, mark: string): Promise<Answer>;
  /** Says what is to be said to it meanwhile; may begin once more after a crash. */
  ended(world: Reached, id: string): Promise<unknown>;
  /** What it records comes in no fixed order. */
  readonly branches?: true;
  /** The queries that show it, the views first. */
  queries(world: Reached, id: string): Promise<readonly string[]>;
  /** The streams that it wrote, its own first. */
  streams(world: Reached, id: string): Promise<readonly string[]>;
}

/** Counts; some are called as times are elsewhere. */
const OVERVIEW = '/api/dashboards/overview';

/** They show all jobs: what is of one is what it has changed in them. Whole, so that no row leaves one for want of room. */
export const LISTS: readonly string[] = [
  '/api/portfolios?limit=500',
  '/api/processes?limit=500',
  '/api/subscriptions?limit=500',
  OVERVIEW,
];

const portfolioOn = (plan_version: number, factsOf: typeof facts): Flow => ({
  start: (world, mark) =>
    world.api(
      'POST',
      '/api/portfolios',
      { name: mark, csp: 'azure', plan_version, facts: factsOf({ domain_name: mark }) },
      { 'idempotency-key': mark },
    ),
  // Version 2 owes a notice after its last stage.
  ended: (world, id) =>
    until(
      async () => (await world.api('GET', `/api/portfolios/${id}`)).body,
      (found) => found?.state === 'COMPLETED' && (plan_version === 1 || found.after[0]?.state === 'COMPLETED'),
      60_000,
    ),
  queries: async (_world, id) => [...LISTS, `/api/portfolios/${id}`, `/api/audit/streams/portfolio-${id}/state`],
  streams: async (_world, id) => [`portfolio-${id}`],
});

const subscriptionOf = async (world: Reached, id: string): Promise<string> =>
  (await world.api('GET', `/api/processes/${id}`)).body.current_state.subscription_id;

export const userGroup: Flow = {
  async start(world, mark) {
    // The views may have nothing yet where processes have just begun, or may be away.
    const products = await until(
      () => world.api('GET', '/api/products'),
      ({ status, body }) => status === 200 && body.length > 0,
    );
    const pages = [{ product: products.body[0].product_id }, { group_name: mark }];
    return world.api('POST', '/api/processes/create_user_group', pages, { 'idempotency-key': mark });
  },
  ended: (world, id) =>
    until(
      async () => (await world.api('GET', `/api/processes/${id}`)).body,
      (found) => found?.last_status === 'completed',
    ),
  async queries(world, id) {
    const subscription = await subscriptionOf(world, id);
    return [
      ...LISTS,
      `/api/processes/${id}`,
      ...['', 'domain-model/', 'workflows/'].map((kind) => `/api/subscriptions/${kind}${subscription}`),
      `/api/audit/streams/process-${id}/state`,
      `/api/audit/streams/subscription-${subscription}/state`,
    ];
  },
  streams: async (world, id) => [`process-${id}`, `subscription-${await subscriptionOf(world, id)}`],
};

export const flows: Readonly<Record<FlowName, Flow>> = {
  portfolio: portfolioOn(1, facts),
  azure: portfolioOn(2, fundedFacts),
  create_user_group: userGroup,
};

/** The answers that show the job, as they came. */
export const views = async (world: Reached, flow: Flow, id: string): Promise<Record<string, string>> =>
  answers(world, await flow.queries(world, id));

export async function answers(world: Reached, paths: readonly string[]): Promise<Record<string, string>> {
  const shown: Record<string, string> = {};
  for (const path of paths) {
    const { status, text } = await world.api('GET', path);
    expect([path, status]).toEqual([path, 200]);
    shown[path] = text;
  }
  return shown;
}

/** What differs between two runs of one job: times, log positions, and how many attempts (hence revisions) it took. */
const OF_A_RUN = new Set(
  (
    'time createdAt updatedAt stateSince startedAt endedAt completedAt startDate deadline started completed executed started_at last_modified_at ' +
    'start_date position revision attempt attempts retries failures premium_purchase_date until since closesAt'
  ).split(' '),
);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What has come into an answer since it was as `before`: rows that are new or changed, and by how much numbers differ. */
function added(before: unknown, now: unknown): unknown {
  if (typeof before === 'number' || typeof now === 'number') return Number(now ?? 0) - Number(before ?? 0);
  if (Array.isArray(before) && Array.isArray(now)) {
    const known = new Set(before.map((row) => JSON.stringify(row)));
    return now.filter((row) => !known.has(JSON.stringify(row)));
  }
  if (!isRecord(now)) return now;
  const earlier = isRecord(before) ? before : {};
  const names = [...new Set([...Object.keys(now), ...Object.keys(earlier)])].sort();
  const differences = names.map((name) => [name, added(earlier[name], now[name])]);
  return Object.fromEntries(differences.filter(([, difference]) => difference !== 0));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The answers without what belongs to one run: ids are numbered in the order of their first sight. Of those that `before` has, only
 * what was added to them.
 */
export function normalised(
  shown: Readonly<Record<string, string>>,
  mark: string,
  before: Readonly<Record<string, string>>,
): string {
  const numbers = new Map<string, number>();
  const kept = (name: string, value: unknown) => (OF_A_RUN.has(name) ? undefined : value);
  const parsed = (path: string, text: string) => JSON.parse(text, path === OVERVIEW ? undefined : kept) as unknown;
  const plain = Object.entries(shown).map(([path, text]) => {
    const earlier = before[path];
    const now = parsed(path, text);
    return [path, earlier === undefined ? now : added(parsed(path, earlier), now)];
  });
  return JSON.stringify(plain, null, 1)
    .replaceAll(mark, 'MARK')
    .replace(UUID, (id) => `ID${numbers.get(id) ?? numbers.set(id, numbers.size).size - 1}`)
    .replace(/attempt \d+/g, 'attempt N')
    .replace(/(vault:[^"#]+)#\d+/g, '$1#N')
    .replace(/bp-[0-9a-f]{8}|[0-9A-F]{8}-[0-9A-F]{4}(?=[-"/])/g, 'bp-ID');
}

/** What the world outside counts as done since a ledger entry: applied requests by collection, each key once. */
export async function appliedSince(world: Reached, seq: number): Promise<Record<string, number>> {
  const applied = (await world.ledger()).filter(
    (entry) => entry.seq > seq && entry.applied && !PASSING.includes(entry.kind),
  );
  expect(new Set(applied.map((entry) => entry.key)).size).toBe(applied.length);
  const counts: Record<string, number> = {};
  for (const { kind } of applied) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** A stage that a callback ended; it may come before the answer by which the stage was accepted is recorded. */
const wasTold = ({ type, metadata }: AuditEvent): boolean =>
  type === STAGE_EVENTS.completed && metadata['actor'] === 'callback';

/**
 * `type step` of the job's events after a log position that record something done: no attempts, no repeats. That a stage was accepted is
 * left out, once, where a callback ended it.
 */
export async function recorded(world: Reached, flow: Flow, id: string, since: number): Promise<readonly string[]> {
  const all: string[] = [];
  for (const stream of await flow.streams(world, id)) {
    const events = await world.events(stream);
    const told = new Set(events.filter(wasTold).map(({ data }) => data['step']));
    for (const { type, data, position } of events) {
      if (position <= since || data['owner'] !== undefined || type.endsWith('RetryScheduled')) continue;
      if (type !== STAGE_EVENTS.accepted || !told.delete(data['step'])) all.push(`${type} ${data['step'] ?? ''}`);
    }
  }
  return all;
}
