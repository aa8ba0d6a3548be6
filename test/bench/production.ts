import { CommandBus } from '@nestjs/cqrs';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChainedEvent, chainHash, CHAIN_START, type EventStore } from '#event-store';
import { loadConfig, type Config } from '#platform';
import { openParts } from '../../apps/server/composition/open-parts.js';
import type { Parts } from '../../apps/server/composition/parts.js';
import { createApp } from '../../apps/server/composition/create-app.js';
import { prepareSharedDirectory } from '../../apps/server/composition/shared-directory.js';
import { setUpWorkGroup, WORK_GROUP } from '../../apps/server/composition/work-group.js';
import { StartProcess } from '../../apps/server/processes/process.commands.js';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/index.js';
import { PostgresServer } from '../../libs/testing/postgres-server.js';
import { sixSteps } from './six-steps.js';
import { closedLoop, type Round } from './statistics.js';

/** The six-step job over EventStoreDB and PostgreSQL, with 1, 2 and 4 workers, beside the raw rate of appends in the same run. */
const RUNS = Number(process.env['PURVEYOR_BENCH_RUNS'] ?? 400);
const IN_FLIGHT = 64;
const WORKERS = [1, 2, 4];
/** A run is created, its first step intended, and each of six outcomes appended with the next intent or the end. */
const APPENDS_A_RUN = 8;
const KEY = Buffer.alloc(32, 5).toString('base64');
const CALLER = { tenant: 'default', actor: 'bench', correlationId: 'bench', route: 'POST /api/processes/six_steps' };
const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const root = mkdtempSync(join(tmpdir(), 'purveyor-bench-'));
const children: ChildProcess[] = [];
/** Starts a program of this repository and answers the first line it writes. */
async function start(file: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env }, stdio: [...stdio] });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return line.toString();
}

async function stopAll(): Promise<void> {
  const running = children.splice(0).filter(({ exitCode }) => exitCode === null);
  const ends = running.map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGTERM');
  await Promise.all(ends);
}

/** One event of about 300 bytes an append, to streams of their own, at the expected revision. */
async function rawAppends(store: EventStore): Promise<Round> {
  const metadata = JSON.stringify({ $correlationId: randomUUID(), filler: 'x'.repeat(150) });
  return closedLoop(RUNS * 4, IN_FLIGHT, async (n) => {
    const stream = `raw-${randomUUID()}`;
    const data = JSON.stringify({ n, result: { ok: true, text: 'small json' } });
    const hash = chainHash(CHAIN_START, stream, 0, 'Appended', data, metadata);
    await store.append(stream, 'no_stream', [new ChainedEvent('Appended', data, metadata, CHAIN_START, hash)]);
  });
}

/** Tells of every run that has ended, from a subscription to the log: so the end is seen when others can see it. */
class Endings {
  private readonly waiting = new Map<string, () => void>();
  private readonly ended = new Set<string>();

  async follow(store: EventStore, signal: AbortSignal): Promise<void> {
    const filter = { streamPrefixes: ['process-'] };
    for await (const delivery of store.subscribe({ after: await store.head(), filter, signal }))
      for (const { type, stream } of delivery.kind === 'events' ? delivery.events : [])
        if (type === 'ProcessCompleted') this.tell(stream);
  }

  of(stream: string): Promise<void> {
    if (this.ended.delete(stream)) return Promise.resolve();
    return new Promise((resolve) => this.waiting.set(stream, resolve));
  }

  private tell(stream: string): void {
    const wake = this.waiting.get(stream);
    if (wake === undefined) this.ended.add(stream);
    this.waiting.delete(stream);
    wake?.();
  }
}

async function runs(parts: Parts): Promise<Round> {
  const app = await createApp(parts);
  await app.init();
  const bus = app.get(CommandBus);
  const stopping = new AbortController();
  const endings = new Endings();
  const following = endings.follow(parts.store, stopping.signal);
  const job = async () => {
    const { id } = await bus.execute(new StartProcess('six_steps', [{}], CALLER));
    await endings.of(`process-${id}`);
  };
  await closedLoop(IN_FLIGHT, IN_FLIGHT, job);
  const round = await closedLoop(RUNS, IN_FLIGHT, job);
  stopping.abort();
  await following;
  await app.close();
  return round;
}

async function measure(workers: number, eventStore: string, postgres: PostgresServer) {
  const env = {
    PURVEYOR_EVENT_STORE: eventStore,
    PURVEYOR_STREAM_PREFIX: `bench_${randomUUID().slice(0, 8)}_`,
    PURVEYOR_READ_MODELS: await postgres.createDatabase(),
    PURVEYOR_DATA_DIR: join(root, `data-${workers}`),
    PURVEYOR_PUBLIC_URL: 'http://127.0.0.1:1',
    PURVEYOR_VAULT_KEY: KEY,
    PURVEYOR_AUDIT_KEY: KEY,
    PURVEYOR_CALLBACK_KEYS: `k:${KEY}`,
    PURVEYOR_LOG_LEVEL: 'error',
  };
  const store = await openEventStoreDb({ url: eventStore, streamPrefix: env.PURVEYOR_STREAM_PREFIX });
  await setUpWorkGroup(store.groups);
  await prepareSharedDirectory(env.PURVEYOR_DATA_DIR, store);
  const raw = await rawAppends(store);
  const member = (roles: string) => start(program('./production-member.js'), [], { ...env, PURVEYOR_ROLES: roles });
  await member('projector');
  await Promise.all(Array.from({ length: workers }, () => member('worker')));
  const config: Config = loadConfig({ ...env, PURVEYOR_ROLES: 'api' });
  const round = await runs(await openParts(config, { workflows: [sixSteps(() => 0)] }));
  await stopAll();
  await store.groups.remove(WORK_GROUP);
  await store.close();
  return {
    workers,
    'runs/s': Number(round.runsPerSecond.toFixed(1)),
    'p50 ms': Math.round(round.p50),
    'p99 ms': Math.round(round.p99),
    'appends/s': Math.round(round.runsPerSecond * APPENDS_A_RUN),
    'raw appends/s': Math.round(raw.runsPerSecond),
    share: Number(((round.runsPerSecond * APPENDS_A_RUN) / raw.runsPerSecond).toFixed(2)),
  };
}

/** The store is no member: it outlives the measurements, and is ended with this process. */
async function openStore(): Promise<{ url: string; close(): void }> {
  const { EVENTSTORE_URL } = process.env;
  if (EVENTSTORE_URL) return { url: EVENTSTORE_URL, close: () => {} };
  const line = await start(program('../../libs/testing/eventstoredb/main.js'), ['--file', join(root, 'store.log')], {});
  const [standIn] = children.splice(0);
  return { url: (JSON.parse(line) as { url: string }).url, close: () => standIn!.kill('SIGTERM') };
}

const postgres = await PostgresServer.start();
if (postgres === undefined) console.info('PostgreSQL is not installed: the production mode is not measured');
else {
  const store = await openStore();
  try {
    const lines = [];
    for (const workers of WORKERS) lines.push(await measure(workers, store.url, postgres));
    console.info(
      process.env['EVENTSTORE_URL'] ? 'EventStoreDB of EVENTSTORE_URL' : 'stand-in for EventStoreDB, without fsync',
    );
    console.table(lines);
  } finally {
    await stopAll();
    store.close();
    await postgres.remove();
    rmSync(root, { recursive: true, force: true });
  }
}
