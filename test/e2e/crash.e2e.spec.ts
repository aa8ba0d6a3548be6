import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as kinds from '../../libs/workflow/domain/steps/index.js';
import { CHANGES } from './azure.js';
import { ABOUT_PROCESSES, COMMANDS, WITHOUT_EVENTS } from './crash-commands.js';
import { appliedSince, type Flow, normalised, recorded, views } from './crash-flows.js';
import { COMPENSATION, KINDS } from './crash-kinds.js';
import { cells, FLOWS, JOBS, rows, slice, type Cell } from './crash-matrix.js';
import { fits, shown, type Observation } from './crash-points.js';
import { CALLBACK_KEYS } from './crash-talk.js';
import { type Answer, World } from './world.js';

const full = process.env['PURVEYOR_FULL'] === '1';
const seed = Number(process.env['PURVEYOR_SEED'] ?? Date.now() % 1_000_000);
const IN_A_SLICE = 8;
const preload = (file: string): string => `--import=${new URL(file, import.meta.url).href}`;
const WORKFLOWS = preload('./crash-workflows.mjs');
const WATCHED = `${WORKFLOWS} ${preload('./crash-point.mjs')}`;

/** What one run of a job leaves behind, without what belongs to that run. */
interface Outcome {
  readonly shown: string;
  readonly applied: Record<string, number>;
  readonly recorded: readonly string[];
}
type Undisturbed = Outcome & { readonly trace: Trace };
type Trace = readonly (Observation & { readonly fits: boolean })[];

let world: World;
let jobs = 0;
const runs = new Map<string, Promise<Undisturbed>>();
const table: string[] = [];

const traceOf = (file: string): Trace =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Trace[number]);

const lastSeq = async (): Promise<number> => (await world.ledger()).at(-1)?.seq ?? 0;

async function outcomeOf(job: Flow, id: string, mark: string, since: number): Promise<Outcome> {
  const all = await recorded(world, job, id);
  return {
    shown: normalised(await views(world, job, id), mark),
    applied: await appliedSince(world, since),
    recorded: job.branches === true ? [...all].sort() : all,
  };
}

async function undisturbedRun(job: Flow): Promise<Undisturbed> {
  const mark = `crash${++jobs}`;
  const file = world.file(mark);
  await world.newServer({ NODE_OPTIONS: WATCHED, CRASH_TRACE: file });
  const since = await lastSeq();
  const started = await job.start(world, mark);
  await job.ended(world, started.body.id);
  return { ...(await outcomeOf(job, started.body.id, mark, since)), trace: traceOf(file) };
}

/** Each job runs once without a crash, when the first of its cells asks. */
function undisturbed(name: string): Promise<Undisturbed> {
  const known = runs.get(name) ?? undisturbedRun(JOBS[name]!);
  runs.set(name, known);
  return known;
}

/** Lets a new server run into the point and die there; fails when it did not come so far. */
async function crash({ flow, step, point }: Cell, mark: string) {
  const { trace } = await undisturbed(flow);
  const wanted = point(trace.some((seen) => seen.at === 'before call' && seen.step === step));
  const file = world.file(mark);
  await world.newServer({ NODE_OPTIONS: WATCHED, CRASH_TRACE: file, CRASH_POINT: JSON.stringify(wanted) });
  let answer: Answer | undefined;
  const talk = async () => {
    answer = await JOBS[flow]!.start(world, mark);
    await JOBS[flow]!.ended(world, answer.body.id);
  };
  // Whoever talks to it hears no more of it from then on.
  const [signal] = await Promise.all([world.serverEnded(), talk().catch(() => undefined)]);
  expect(signal).toBe('SIGKILL');
  const reached = traceOf(file).find((seen) => seen.fits);
  expect(reached).toMatchObject(wanted);
  return { answer, reached: `killed ${reached?.at} ${reached?.type}` };
}

async function expectReplayShowsTheSame({ flow }: Cell, id: string): Promise<void> {
  const before = await views(world, JOBS[flow]!, id);
  await world.rebuildViews();
  expect(await views(world, JOBS[flow]!, id)).toEqual(before);
}

beforeAll(async () => {
  world = await World.start({ NODE_OPTIONS: WORKFLOWS, ...CALLBACK_KEYS });
  await world.settings({ callbackDelayMs: 50, pollsBeforeDone: 1, retryAfterSeconds: 0 });
}, 60_000);

afterAll(async () => {
  await world?.stop();
  process.stdout.write(`\ncrash matrix, ${table.length} of ${cells.length} cells, seed ${seed}\n${table.join('\n')}\n`);
});

describe('the matrix', () => {
  it('has a row for every stage and step that the server runs', async () => {
    const all: Undisturbed[] = [];
    for (const flow of FLOWS) all.push(await undisturbed(flow));
    const seen = all.flatMap(({ recorded }) =>
      recorded.filter((each) => /Completed \S/.test(each)).map((each) => each.split(' ')[1]),
    );
    expect(rows().map(({ step }) => step)).toEqual(seen);
    const counts = CHANGES.reduce<Record<string, number>>(
      (sum, kind) => ({ ...sum, [kind]: (sum[kind] ?? 0) + 1 }),
      {},
    );
    expect(all.map(({ applied }) => applied)).toEqual([
      { tenants: 1, 'billing-profiles': 1, 'admin-subscriptions': 1 },
      counts,
      { Groups: 1 },
    ]);
  }, 120_000);

  it('has a row for every kind of step that there is, and the undisturbed run meets each of its points', async () => {
    const makers = Object.entries(kinds).flatMap(([name, each]) => (typeof each === 'function' ? [name] : []));
    expect(Object.keys(KINDS).sort()).toEqual(makers.sort());
    const { trace, applied } = await undisturbed('every_kind');
    const points = [...Object.values(KINDS).flat(), ...COMPENSATION];
    expect(points.filter((point) => !trace.some((seen) => fits(seen, point))).map(shown)).toEqual([]);
    // A circuit and a resource, each made and taken back.
    expect(applied).toEqual({ circuits: 2, unknown: 2 });
  }, 60_000);

  it('has a row for every command to a process that the API has', async () => {
    const { paths } = JSON.parse(readFileSync('docs/reference/openapi.json', 'utf8')) as {
      paths: Record<string, object>;
    };
    const operations = Object.entries(paths).flatMap(([path, each]) =>
      Object.keys(each).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const wanted = operations.filter((each) => ABOUT_PROCESSES.test(each) && !WITHOUT_EVENTS.includes(each));
    expect([...new Set(Object.values(COMMANDS).map(({ operation }) => operation))].sort()).toEqual(wanted.sort());
  });
});

describe(`kill -9 (seed ${seed}, PURVEYOR_FULL=1 for all ${cells.length} cells)`, () => {
  it.each(full ? cells : slice(seed, IN_A_SLICE))(
    '$name',
    async (cell) => {
      const job = JOBS[cell.flow]!;
      const { trace: _, ...wanted } = await undisturbed(cell.flow);
      const mark = `crash${++jobs}`;
      const since = await lastSeq();
      table.push(`NOT REACHED ${cell.name}`);
      const { answer, reached } = await crash(cell, mark);
      table[table.length - 1] = `${cell.name.padEnd(68)} ${reached}`;
      await world.restartServer();
      const again = await job.start(world, mark);
      expect([201, 202]).toContain(again.status);
      if (answer) expect(again.body).toEqual(answer.body);
      await job.ended(world, again.body.id);
      expect(await outcomeOf(job, again.body.id, mark, since)).toEqual(wanted);
      expect((await world.api('GET', '/api/audit/verify')).body.ok).toBe(true);
      if (cell.name.includes('projection')) await expectReplayShowsTheSame(cell, again.body.id);
    },
    120_000,
  );
});
