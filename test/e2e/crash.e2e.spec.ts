import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHANGES } from './azure.js';
import { appliedSince, flows, normalised, recorded, views } from './crash-flows.js';
import { cells, FLOWS, rows, slice, type Cell, type FlowName, type Observation } from './crash-matrix.js';
import { World } from './world.js';

const full = process.env['PURVEYOR_FULL'] === '1';
const seed = Number(process.env['PURVEYOR_SEED'] ?? Date.now() % 1_000_000);
const IN_A_SLICE = 8;
const PRELOAD = `--import=${new URL('./crash-point.mjs', import.meta.url).href}`;

/** What one run of a job leaves behind, without what belongs to that run. */
interface Outcome {
  readonly shown: string;
  readonly applied: Record<string, number>;
  readonly recorded: readonly string[];
}
type Trace = readonly (Observation & { readonly fits: boolean })[];

let world: World;
let jobs = 0;
const undisturbed = {} as Record<FlowName, Outcome & { readonly trace: Trace }>;
const table: string[] = [];

const traceOf = (file: string): Trace =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Trace[number]);

const lastSeq = async (): Promise<number> => (await world.ledger()).at(-1)?.seq ?? 0;

async function outcomeOf(flow: FlowName, id: string, mark: string, since: number): Promise<Outcome> {
  return {
    shown: normalised(await views(world, flows[flow], id), mark),
    applied: await appliedSince(world, since),
    recorded: await recorded(world, flows[flow], id),
  };
}

async function undisturbedRun(flow: FlowName): Promise<Outcome & { readonly trace: Trace }> {
  const mark = `crash${++jobs}`;
  const file = world.file(mark);
  await world.newServer({ NODE_OPTIONS: PRELOAD, CRASH_TRACE: file });
  const since = await lastSeq();
  const started = await flows[flow].start(world, mark);
  await flows[flow].ended(world, started.body.id);
  return { ...(await outcomeOf(flow, started.body.id, mark, since)), trace: traceOf(file) };
}

/** Lets a new server run into the point and die there; fails when it did not come so far. */
async function crash({ flow, step, point }: Cell, mark: string) {
  const calls = undisturbed[flow].trace.some((seen) => seen.at === 'before call' && seen.step === step);
  const wanted = point(calls);
  const file = world.file(mark);
  await world.newServer({ NODE_OPTIONS: PRELOAD, CRASH_TRACE: file, CRASH_POINT: JSON.stringify(wanted) });
  const answer = await flows[flow].start(world, mark).catch(() => undefined);
  expect(await world.serverEnded()).toBe('SIGKILL');
  const reached = traceOf(file).find(({ fits }) => fits);
  expect(reached).toMatchObject(wanted);
  return { answer, reached: `killed ${reached?.at} ${reached?.type}` };
}

async function expectReplayShowsTheSame({ flow }: Cell, id: string): Promise<void> {
  const before = await views(world, flows[flow], id);
  await world.rebuildViews();
  expect(await views(world, flows[flow], id)).toEqual(before);
}

beforeAll(async () => {
  world = await World.start();
  await world.settings({ callbackDelayMs: 50, pollsBeforeDone: 1, retryAfterSeconds: 0 });
  for (const flow of FLOWS) undisturbed[flow] = await undisturbedRun(flow);
}, 120_000);

afterAll(async () => {
  await world?.stop();
  process.stdout.write(`\ncrash matrix, ${table.length} of ${cells.length} cells, seed ${seed}\n${table.join('\n')}\n`);
});

describe(`kill -9 (seed ${seed}, PURVEYOR_FULL=1 for all ${cells.length} cells)`, () => {
  it('has a row for every stage and step that the server runs', () => {
    const seen = FLOWS.flatMap((flow) =>
      undisturbed[flow].recorded.filter((each) => /Completed \S/.test(each)).map((each) => each.split(' ')[1]),
    );
    expect(rows().map(({ step }) => step)).toEqual(seen);
    expect(undisturbed.portfolio.applied).toEqual({ tenants: 1, 'billing-profiles': 1, 'admin-subscriptions': 1 });
    const counts = CHANGES.reduce<Record<string, number>>(
      (all, kind) => ({ ...all, [kind]: (all[kind] ?? 0) + 1 }),
      {},
    );
    expect(undisturbed.azure.applied).toEqual(counts);
    expect(undisturbed.create_user_group.applied).toEqual({ Groups: 1 });
  });

  it.each(full ? cells : slice(seed, IN_A_SLICE))(
    '$name',
    async (cell) => {
      const mark = `crash${++jobs}`;
      const since = await lastSeq();
      table.push(`NOT REACHED ${cell.name}`);
      const { answer, reached } = await crash(cell, mark);
      table[table.length - 1] = `${cell.name.padEnd(68)} ${reached}`;
      await world.restartServer();
      const again = await flows[cell.flow].start(world, mark);
      expect([201, 202]).toContain(again.status);
      if (answer) expect(again.body).toEqual(answer.body);
      await flows[cell.flow].ended(world, again.body.id);
      const { trace: _, ...wanted } = undisturbed[cell.flow];
      expect(await outcomeOf(cell.flow, again.body.id, mark, since)).toEqual(wanted);
      expect((await world.api('GET', '/api/audit/verify')).body.ok).toBe(true);
      if (cell.name.endsWith('during the projection')) await expectReplayShowsTheSame(cell, again.body.id);
    },
    120_000,
  );
});
