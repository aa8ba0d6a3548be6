import { Type } from 'typebox';
import { loadConfig } from '#platform';
import { sleep, step, workflow } from '#workflow';
import { openParts } from '../../apps/server/composition/open-parts.js';
import { closedLoop, percentile } from './statistics.js';

/** They are due one after the other for so long, ms, beginning some time after the restart. */
const SPREAD_MS = 10_000;
const BEFORE_MS = 5_000;
/** Processes that tell how long it takes here to begin one; they are not due at an instant. */
const TRIED = 300;

export interface Waited {
  readonly waiting: number;
  /** From opening the directory until the runner has started, ms. */
  readonly 'restart ms': number;
  /** Of the whole process, with what it did before. */
  readonly 'rss MB': number;
  readonly 'heap MB': number;
  readonly 'late p50 ms': number;
  readonly 'late p99 ms': number;
  readonly 'late most ms': number;
}

/** `count` processes sleep, the server is closed and opened again, and all wake up, each at its own instant. */
export async function waiting(directory: string, count: number): Promise<Waited> {
  const late: number[] = [];
  let wokenAll = () => {};
  const woken = new Promise<void>((resolve) => (wokenAll = resolve));
  const definition = workflow(
    {
      key: 'wakes',
      version: 1,
      target: 'SYSTEM',
      description: 'Sleeps, then looks at the clock',
      input: { due: Type.Integer() },
    },
    [
      sleep({ key: 'until_due', reads: { due: Type.Integer() }, until: ({ due }) => due }),
      step({
        key: 'awake',
        reads: { due: Type.Integer() },
        handler: ({ due }) => {
          if (due > 0 && late.push(Date.now() - due) === count) wokenAll();
          return {};
        },
      }),
    ],
  );
  const config = loadConfig({ PURVEYOR_DATA_DIR: directory, PURVEYOR_LOG_LEVEL: 'error' });
  const open = () => openParts(config, { workflows: [definition] });
  const begun = await open();
  await begun.runtime.start();
  const begin = async (due: number) => {
    const id = begun.ids.uuid();
    const state = { due };
    const start = { type: 'StartProcess', workflow: 'wakes', state, createdBy: 'bench', time: Date.now() };
    const by = { commandId: id, correlationId: id, causationId: id, actor: 'bench', tenant: 'default' };
    await begun.runtime.dispatch(`process-${id}`, start, by);
  };
  const { runsPerSecond } = await closedLoop(TRIED, 64, () => begin(0));
  const first = Math.ceil(Date.now() + BEFORE_MS + (2 * count * 1_000) / runsPerSecond);
  await closedLoop(count, 64, (n) => begin(first + Math.floor((n * SPREAD_MS) / count)));
  await begun.close();
  const restarted = performance.now();
  const parts = await open();
  await parts.runtime.start();
  const restart = performance.now() - restarted;
  if (Date.now() > first) throw new Error('this machine took too long: the first were due before the restart');
  const { rss, heapUsed } = process.memoryUsage();
  await woken;
  await parts.close();
  return {
    waiting: count,
    'restart ms': Math.round(restart),
    'rss MB': Math.round(rss / 2 ** 20),
    'heap MB': Math.round(heapUsed / 2 ** 20),
    'late p50 ms': percentile(late, 0.5),
    'late p99 ms': percentile(late, 0.99),
    'late most ms': Math.max(...late),
  };
}
