/** `npm run bench -- queries [SMALL] [LARGE]`: queries over HTTP with many subscriptions beside few, both servers open at once. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { loadConfig } from '#platform';
import { createApp } from '../../apps/server/composition/create-app.js';
import { openParts } from '../../apps/server/composition/open-parts.js';
import { fillViews } from './population.js';
import { subscriptionId } from './population.events.js';
import { closedLoop, exponential, median } from './statistics.js';

const [SMALL, LARGE] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 1_000_000)];
const ROUNDS = 5;
const IN_FLIGHT = 16;

interface Question {
  readonly name: string;
  readonly requests: number;
  /** The address to ask, of a server with `count` subscriptions; `random` is below 1. */
  path(count: number, random: number, cursor: string): string;
}
const LIST = '/api/subscriptions';
const one = (count: number, random: number) => Math.floor(random * count);
const QUESTIONS: readonly Question[] = [
  { name: 'detail', requests: 120, path: (count, random) => `${LIST}/${subscriptionId(one(count, random))}` },
  { name: 'list, first page', requests: 40, path: () => LIST },
  { name: 'list, behind a cursor', requests: 40, path: (_count, _random, cursor) => `${LIST}?cursor=${cursor}` },
  { name: 'list, out of sync', requests: 40, path: () => `${LIST}?insync=false` },
  {
    name: 'list, of a customer',
    requests: 40,
    path: (count, random) => `${LIST}?customer=customer${one(count / 100, random)}`,
  },
  { name: 'list, by range with number', requests: 6, path: () => `${LIST}?range=0,50` },
  {
    name: 'search, rare word',
    requests: 40,
    path: (count, random) => `${LIST}/search?query=name${one(count, random)}`,
  },
  { name: 'search, common words', requests: 8, path: () => `${LIST}/search?query=service%20site7` },
  { name: 'dashboard overview', requests: 3, path: () => '/api/dashboards/overview' },
];

class Server {
  private constructor(
    readonly count: number,
    readonly fillSeconds: number,
    readonly megabytes: number,
    private readonly app: NestFastifyApplication,
    private readonly pool: Pool,
    private readonly cursor: string,
  ) {}

  static async open(directory: string, count: number): Promise<Server> {
    mkdirSync(directory);
    const ms = await fillViews(directory, count, ['subscriptions']);
    const bytes = statSync(join(directory, 'read-models.db')).size;
    const config = loadConfig({ PURVEYOR_DATA_DIR: directory, PURVEYOR_LOG_LEVEL: 'error' });
    const app = await createApp(await openParts(config));
    await app.listen(0, '127.0.0.1');
    const pool = new Pool(await app.getUrl(), { connections: IN_FLIGHT });
    // The cursor of a page in the middle is made as the list makes it.
    const middle = 1_700_000_000_000 + Math.floor(count / 2);
    const cursor = Buffer.from(JSON.stringify(['subscriptions', middle, subscriptionId(count / 2)])).toString(
      'base64url',
    );
    return new Server(count, ms / 1_000, bytes / 2 ** 20, app, pool, cursor);
  }

  /** Answers how long it took, ms. */
  async ask({ path }: Question, random: number): Promise<number> {
    const began = performance.now();
    const target = path(this.count, random, this.cursor);
    const { statusCode, body } = await this.pool.request({ method: 'GET', path: target });
    const text = await body.text();
    if (statusCode !== 200 || text.length < 3) throw new Error(`${target} answered ${statusCode}: ${text}`);
    return performance.now() - began;
  }

  async close(): Promise<void> {
    await this.pool.close();
    await this.app.close();
  }
}

interface Sample {
  readonly p50: readonly [number, number];
  readonly perSecond: readonly [number, number];
}

/** One after the other to either server in turn, so that whatever else the machine does slows both; then many at once, server by server. */
async function sample(question: Question, [few, many]: readonly [Server, Server], seed: number): Promise<Sample> {
  const random = exponential(seed, 1);
  const times: [number[], number[]] = [[], []];
  for (let n = 0; n < question.requests; n++) {
    const at = random() % 1;
    times[0].push(await few.ask(question, at));
    times[1].push(await many.ask(question, at));
  }
  const together = async (server: Server) =>
    (await closedLoop(question.requests, IN_FLIGHT, async () => void (await server.ask(question, random() % 1))))
      .runsPerSecond;
  const perSecond = seed % 2 === 0 ? ([await together(few), await together(many)] as const) : undefined;
  const reversed = perSecond ?? [await together(many), await together(few)].reverse();
  return { p50: [median(times[0]), median(times[1])], perSecond: [reversed[0], reversed[1]] };
}

async function measure(question: Question, servers: readonly [Server, Server]) {
  const samples: Sample[] = [];
  for (let round = 0; round <= ROUNDS; round++) samples.push(await sample(question, servers, round));
  const rounds = samples.slice(1);
  const middle = (of: (each: Sample) => number, digits: number) => Number(median(rounds.map(of)).toFixed(digits));
  return {
    question: question.name,
    [`p50 ms, ${SMALL}`]: middle(({ p50 }) => p50[0], 2),
    [`p50 ms, ${LARGE}`]: middle(({ p50 }) => p50[1], 2),
    ratio: middle(({ p50: [few, many] }) => many / few, 2),
    [`per s, ${SMALL}`]: middle(({ perSecond }) => perSecond[0], 0),
    [`per s, ${LARGE}`]: middle(({ perSecond }) => perSecond[1], 0),
    'rate ratio': middle(({ perSecond: [few, many] }) => many / few, 2),
  };
}

const root = mkdtempSync(join(tmpdir(), 'purveyor-bench-'));
try {
  const servers = [await Server.open(join(root, 'few'), SMALL), await Server.open(join(root, 'many'), LARGE)] as const;
  console.table(
    servers.map(({ count, fillSeconds, megabytes }) => ({
      subscriptions: count,
      'views filled in s': Math.round(fillSeconds),
      'MB of views': Math.round(megabytes),
    })),
  );
  const lines = [];
  for (const question of QUESTIONS) lines.push(await measure(question, servers));
  console.table(lines);
  console.log(JSON.stringify({ scenario: 'queries', few: SMALL, many: LARGE, lines }));
  for (const server of servers) await server.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}
