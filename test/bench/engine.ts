import { mkdirSync } from 'node:fs';
import { START } from '#event-store';
import { loadConfig } from '#platform';
import { openWork } from '#read-models';
import type { OpenWork } from '#runtime';
import { openParts } from '../../apps/server/composition/open-parts.js';
import type { Parts } from '../../apps/server/composition/parts.js';
import { sixSteps } from './six-steps.js';

/** The engine in production wiring: log, chain, metadata, schema checks, retries, timers, read models; without HTTP. */
export class Engine {
  private readonly endings = new Map<string, () => void>();

  /** Runs that were open in the log when it was opened. */
  readonly openAtStart: number;

  private constructor(
    private readonly parts: Parts,
    openAtStart: number,
  ) {
    this.openAtStart = openAtStart;
    this.watch();
  }

  static async open(directory: string, pauseMs: () => number): Promise<Engine> {
    mkdirSync(directory, { recursive: true });
    const config = loadConfig({ PURVEYOR_DATA_DIR: directory, PURVEYOR_LOG_LEVEL: 'error' });
    const parts = await openParts(config, { workflows: [sixSteps(pauseMs)] });
    const engine = new Engine(parts, (await open(parts)).length);
    await parts.runtime.start();
    return engine;
  }

  /** One run, from the command to the append that completes it. */
  async run(): Promise<void> {
    const { runtime, ids } = this.parts;
    const id = ids.uuid();
    const ended = new Promise<void>((resolve) => this.endings.set(`process-${id}`, resolve));
    const command = { type: 'StartProcess', workflow: 'six_steps', state: {}, createdBy: 'bench', time: Date.now() };
    const context = { commandId: id, correlationId: id, causationId: id, actor: 'bench', tenant: 'default' };
    await runtime.dispatch(`process-${id}`, command, context);
    await ended;
  }

  /** Waits until the views show everything. */
  async caughtUp(): Promise<void> {
    await this.parts.projector.waitFor(await this.parts.store.head(), 60_000);
  }

  /** Waits until nothing is open. */
  async allEnded(): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await this.caughtUp();
    } while ((await open(this.parts)).some((row) => row.run));
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
    await this.parts.close();
  }

  /** A run has ended when the append with its last event is acknowledged. */
  private watch(): void {
    const { log } = this.parts;
    const append = log.append.bind(log);
    log.append = async (prepared) => {
      const position = await append(prepared);
      if (prepared.events.at(-1)?.type === 'ProcessCompleted') {
        this.endings.get(prepared.stream)?.();
        this.endings.delete(prepared.stream);
      }
      return position;
    };
  }
}

async function open({ readModels }: Parts): Promise<OpenWork[]> {
  const rows: OpenWork[] = [];
  for await (const row of openWork(readModels)) rows.push(row);
  return rows;
}
