import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdirSync } from 'node:fs';
import { Pool } from 'undici';
import { START } from '#event-store';
import { loadConfig } from '#platform';
import { openWork } from '#read-models';
import { createApp } from '../../apps/server/composition/create-app.js';
import { openParts } from '../../apps/server/composition/open-parts.js';
import type { Parts } from '../../apps/server/composition/parts.js';
import { StartProcess } from '../../apps/server/processes/process.commands.js';
import { sixSteps } from './six-steps.js';

const CALLER = { tenant: 'default', actor: 'bench', correlationId: 'bench', route: 'POST /api/processes/six_steps' };

/** The server in production wiring: log, chain, metadata, schema checks, retries, timers, read models. */
export class Engine {
  private readonly endings = new Map<string, () => void>();
  private readonly bus: CommandBus;
  private pool: Pool | undefined;

  private constructor(
    private readonly parts: Parts,
    private readonly app: NestFastifyApplication,
    /** Streams of the runs that were open in the log when it was opened. */
    readonly openAtStart: readonly string[],
  ) {
    this.bus = app.get(CommandBus);
    this.watch();
  }

  static async open(directory: string, pauseMs: () => number): Promise<Engine> {
    mkdirSync(directory, { recursive: true });
    const config = loadConfig({ PURVEYOR_DATA_DIR: directory, PURVEYOR_LOG_LEVEL: 'error' });
    const parts = await openParts(config, { workflows: [sixSteps(pauseMs)] });
    const app = await createApp(parts);
    await app.init();
    const engine = new Engine(parts, app, await openRuns(parts));
    await parts.start();
    return engine;
  }

  /** One run, from `CommandBus.execute` to the append that completes it. */
  async run(): Promise<void> {
    const { id } = await this.bus.execute(new StartProcess('six_steps', [{}], CALLER));
    await this.endOf(`process-${id}`);
  }

  /** The same, with how long its start took and, on average, each of its six steps. */
  async timedRun(): Promise<{ readonly startMs: number; readonly stepMs: number }> {
    const began = performance.now();
    const { id } = await this.bus.execute(new StartProcess('six_steps', [{}], CALLER));
    const started = performance.now();
    await this.endOf(`process-${id}`);
    return { startMs: started - began, stepMs: (performance.now() - started) / 6 };
  }

  /** Opens a port for {@link runOverHttp}. */
  async listen(): Promise<void> {
    await this.app.listen(0, '127.0.0.1');
    this.pool = new Pool(await this.app.getUrl(), { connections: 64 });
  }

  /** The same run, begun by POST /api/processes/six_steps. */
  async runOverHttp(): Promise<void> {
    const { statusCode, body } = await this.pool!.request({
      method: 'POST',
      path: '/api/processes/six_steps',
      headers: { 'content-type': 'application/json' },
      body: '[{}]',
    });
    const answer = (await body.json()) as { id: string };
    if (statusCode !== 201) throw new Error(`the server answered ${statusCode}: ${JSON.stringify(answer)}`);
    await this.endOf(`process-${answer.id}`);
  }

  /** Waits until the views show everything. */
  async caughtUp(): Promise<void> {
    await this.parts.projector.waitFor(await this.parts.store.head(), 60_000);
  }

  /** Waits until every run that was open at the start has ended. */
  async openOnesEnded(): Promise<void> {
    await Promise.all(this.openAtStart.map((stream) => this.endOf(stream)));
  }

  /** Counts finished runs, and attempts that were started for a step already recorded as done. */
  async audit(): Promise<{ finished: number; repeated: number }> {
    const done = new Set<string>();
    let [finished, repeated, after, end] = [0, 0, START, false];
    while (!end) {
      const page = await this.parts.store.readAll({ after });
      for (const { stream, type, data } of page.events) {
        if (type === 'ProcessCompleted') finished++;
        if (type !== 'StepStarted' && type !== 'StepCompleted') continue;
        const step = `${stream}/${(JSON.parse(data) as { step: string }).step}`;
        if (type === 'StepCompleted') done.add(step);
        else if (done.has(step)) repeated++;
      }
      ({ next: after, end } = page);
    }
    return { finished, repeated };
  }

  async close(): Promise<void> {
    await this.pool?.close();
    await this.app.close();
  }

  /** A run has ended when the append with its last event is acknowledged, which may be before its first answer is read. */
  private endOf(stream: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.endings.delete(stream)) resolve();
      else this.endings.set(stream, resolve);
    });
  }

  private ended(stream: string): void {
    const waiting = this.endings.get(stream);
    if (waiting === undefined) this.endings.set(stream, () => undefined);
    else this.endings.delete(stream);
    waiting?.();
  }

  private watch(): void {
    const { log } = this.parts;
    const append = log.append.bind(log);
    log.append = (prepared) => {
      const written = append(prepared);
      if (prepared.events.at(-1)?.type === 'ProcessCompleted') void written.then(() => this.ended(prepared.stream));
      return written;
    };
  }
}

/** The schedules that every server has are open for ever. */
async function openRuns({ readModels }: Parts): Promise<string[]> {
  const streams: string[] = [];
  for await (const { stream } of openWork(readModels)) if (stream.startsWith('process-')) streams.push(stream);
  return streams;
}
