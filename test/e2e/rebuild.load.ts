import { setTimeout as sleep } from 'node:timers/promises';
import { facts } from './portfolios.js';
import type { Answer, World } from './world.js';

/** What went wrong, or how long each took, ms. */
export interface Load {
  readonly queries: number[];
  readonly commands: number[];
  /** Each waits for the position of a command that was answered. */
  readonly reads: number[];
  /** Streams that the commands began. */
  readonly streams: string[];
  readonly wrong: string[];
}

const QUERIES = [
  '/api/subscriptions?limit=20',
  '/api/processes?limit=20',
  '/api/portfolios?limit=20',
  '/api/subscriptions?limit=20&query=customer7',
  '/api/operations?limit=20',
  '/api/audit/streams?limit=20',
  '/api/projections',
];
const QUERY_EVERY_MS = 20;
const COMMAND_EVERY_MS = 250;

const positionOf = ({ headers }: Answer): number => Number(headers.get('purveyor-position'));

/**
 * Until the signal aborts: 50 queries a second, none of which may be refused or tell of an earlier position than one that had been answered
 * before it was asked; and portfolios, each of which must be seen at once by who waits for its position.
 */
export async function load(world: World, signal: AbortSignal): Promise<Load> {
  const seen: Load = { queries: [], commands: [], reads: [], streams: [], wrong: [] };
  const places = new Map<string, number>();
  const ask = async (path: string) => {
    const [began, floor] = [performance.now(), places.get(path) ?? 0];
    const answer = await world.api('GET', path);
    seen.queries.push(performance.now() - began);
    if (answer.status !== 200) seen.wrong.push(`${path}: ${answer.status} ${answer.text}`);
    if (positionOf(answer) < floor) seen.wrong.push(`${path}: from ${floor} back to ${positionOf(answer)}`);
    places.set(path, Math.max(places.get(path) ?? 0, positionOf(answer)));
  };
  await Promise.all([
    everyMs(QUERY_EVERY_MS, signal, (n) => ask(QUERIES[n % QUERIES.length]!)),
    everyMs(COMMAND_EVERY_MS, signal, async (n) => command(world, n, seen)),
  ]);
  return seen;
}

async function command(world: World, n: number, seen: Load): Promise<void> {
  const began = performance.now();
  const body = { name: `while ${n}`, csp: 'azure', plan_version: 1, facts: facts() };
  const created = await world.api('POST', '/api/portfolios', body);
  seen.commands.push(performance.now() - began);
  if (created.status !== 202) return void seen.wrong.push(`portfolio: ${created.status} ${created.text}`);
  const { id } = created.body;
  seen.streams.push(`portfolio-${id}`);
  const asked = performance.now();
  const read = await world.api('GET', `/api/portfolios/${id}?min_position=${positionOf(created)}`);
  seen.reads.push(performance.now() - asked);
  if (read.status !== 200) seen.wrong.push(`portfolio ${id} after its write: ${read.status} ${read.text}`);
}

/** Begins the work at a steady pace, whether what was begun before is done or not, and waits for all of it. */
async function everyMs(ms: number, signal: AbortSignal, work: (n: number) => Promise<void>): Promise<void> {
  const begun: Promise<void>[] = [];
  for (let n = 0, next = performance.now(); !signal.aborted; n++) {
    begun.push(work(n));
    next += ms;
    await sleep(Math.max(0, next - performance.now()));
  }
  await Promise.all(begun);
}
