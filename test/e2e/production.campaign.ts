import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventLog, type EventStore } from '#event-store';
import { openSubjectKeys } from '#platform';
import { checkpointsOf, openReadModels, projections, startProjector, type ReadModels, type Tables } from '#read-models';
import { eventRegistry } from '../../apps/server/composition/event-types.js';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/index.js';
import { appliedSince, flows, type FlowName } from './crash-flows.js';
import type { Production, RoleName } from './production.world.js';
import { until } from './world.js';

/** A machine with few cores runs all these processes; what is open then still ends, only later. */
const ENDS_MS = 240_000;

export interface Job {
  readonly flow: FlowName;
  readonly mark: string;
  readonly id: string;
}

/** As many portfolios as User Groups, begun one after the other over `overMs`; resolves when all have been accepted. */
export async function beginJobs(
  world: Production,
  count: number,
  overMs: number,
  name: string,
): Promise<readonly Job[]> {
  const jobs = Array.from({ length: count }, async (_, n) => {
    await sleep((overMs * n) / count);
    return begin(world, n % 2 === 0 ? 'portfolio' : 'create_user_group', `${name}${n}`);
  });
  return Promise.all(jobs);
}

/** As a careful client does it: the same Idempotency-Key until there is an answer. */
export async function begin(world: Production, flow: FlowName, mark: string): Promise<Job> {
  for (;;) {
    const answer = await flows[flow].start(world, mark);
    if (answer.status < 300) return { flow, mark, id: answer.body.id };
    const code = answer.body?.code ?? answer.text;
    const again = answer.status >= 500 || code === 'request_in_flight' || code === 'too_many_conflicts';
    if (!again) throw new Error(`${mark}: ${answer.status} ${answer.text}`);
    await sleep(300);
  }
}

const END = { portfolio: ['state', 'COMPLETED'], create_user_group: ['last_status', 'completed'] } as const;

export const pathOf = ({ flow, id }: Job): string =>
  flow === 'portfolio' ? `/api/portfolios/${id}` : `/api/processes/${id}`;

/** Waits until each job has come to its right end. */
export async function allEnd(world: Production, jobs: readonly Job[], ms = ENDS_MS): Promise<void> {
  const latest = Date.now() + ms;
  for (const job of jobs) {
    const [field, value] = END[job.flow as 'portfolio'];
    const left = Math.max(1, latest - Date.now());
    await until(
      async () => (await world.api('GET', pathOf(job))).body,
      (found) => found?.[field] === value,
      left,
      250,
    );
  }
}

/** The world outside counts each logical request of the jobs once. */
export async function expectOnce(world: Production, jobs: readonly Job[], since = 0): Promise<void> {
  const portfolios = jobs.filter(({ flow }) => flow === 'portfolio').length;
  const counts = await appliedSince(world, since);
  const expected = {
    tenants: portfolios,
    'billing-profiles': portfolios,
    'admin-subscriptions': portfolios,
    Groups: jobs.length - portfolios,
  };
  expect(counts).toEqual(Object.fromEntries(Object.entries(expected).filter(([, count]) => count > 0)));
}

/** Jobs under way while `trouble` happens, and those it has begun; all end, each request once. */
export async function whileWorking(
  world: Production,
  name: string,
  count: number,
  trouble: () => Promise<readonly Job[] | void>,
): Promise<void> {
  const since = await world.lastSeq();
  const [begun, more] = await Promise.all([beginJobs(world, count, 4_000, name), sleep(1_000).then(trouble)]);
  const jobs = [...begun, ...(more ?? [])];
  await allEnd(world, jobs);
  await expectOnce(world, jobs, since);
}

/** Kills so many of each role with -9, one each `everyMs`, in random order, and starts each again at once. */
export async function killAtRandom(
  world: Production,
  perRole: number,
  everyMs: number,
  random: () => number,
): Promise<readonly string[]> {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const roles = Array.from({ length: perRole }, (): RoleName[] => ['api', 'worker', 'projector']).flat();
  const killed: string[] = [];
  for (const left = [...roles]; left.length > 0;) {
    await sleep(everyMs);
    const [role] = left.splice(Math.floor(random() * left.length), 1);
    const name = pick(world.names(role));
    await world.kill(name);
    world.restart(name);
    killed.push(name);
  }
  return killed;
}

/** An event in a stream of ours that is none of ours, as another program would write it. */
export async function writeForeign(world: Production, stream: string): Promise<void> {
  const { eventStore: url, streamPrefix } = world.settingsOfAll;
  const store = await openEventStoreDb({ url, streamPrefix });
  const { credentials = { username: 'none', password: 'none' } } = store.connection.base;
  const event = { id: randomUUID(), type: 'Foreign', contentType: 'application/octet-stream' as const };
  const bytes = { data: Buffer.from('no JSON'), metadata: Buffer.from('{}') };
  const options = { expectedRevision: 'no_stream' as const, credentials };
  await store.connection.client.appendToStream(streamPrefix + stream, { ...event, ...bytes }, options);
  await store.close();
}

/** The views in PostgreSQL hold what a projector makes of the log from its beginning. */
export async function expectViewsEqualReplay(world: Production): Promise<void> {
  const { eventStore, streamPrefix, readModels, dataDir, vaultKey } = world.settingsOfAll;
  const store = await openEventStoreDb({ url: eventStore, streamPrefix });
  const keys = await openSubjectKeys({ directory: dataDir, key: vaultKey });
  const live = await openReadModels({ at: readModels, directory: dataDir });
  const fresh = await openReadModels({ at: await world.newDatabase(), directory: dataDir });
  const stopping = new AbortController();
  try {
    const decode = (log: EventLog) => log.decode.bind(log);
    const projector = await startProjector({
      store,
      decode: decode(new EventLog(store, eventRegistry(), keys)),
      readModels: fresh,
      projections,
      owner: 'replay',
      signal: stopping.signal,
    });
    const last = await lastOfOurs(store);
    await projector.waitFor(last, 60_000);
    await until(
      async () => (await checkpointsOf(live, projections)).filter(({ position }) => position < last),
      (behind) => behind.length === 0,
      60_000,
    );
    expect(await contents(live)).toEqual(await contents(fresh));
    stopping.abort();
    await projector.done;
  } finally {
    await Promise.all([live.close(), fresh.close(), store.close()]);
    keys.close();
  }
}

async function lastOfOurs(store: EventStore): Promise<number> {
  let last = 0;
  for (let after = 0, end = false; !end;) {
    const page = await store.readAll({ after: after as never });
    last = page.events.at(-1)?.position ?? last;
    [after, end] = [page.next, page.end];
  }
  return last;
}

const TABLES = ['worklist', 'parked', ...projections.flatMap(({ tables }) => tables.map(({ name }) => name))];

async function contents({ db }: ReadModels): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const name of new Set(TABLES)) {
    const rows = (await db
      .selectFrom(name as keyof Tables)
      .selectAll()
      .execute()) as { doc?: string }[];
    const plain = rows.map((row) => (row.doc === undefined ? row : { ...row, doc: JSON.parse(row.doc) as unknown }));
    all[name] = plain.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return all;
}
