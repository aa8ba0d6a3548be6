import { EventLog, EventRegistry } from '#event-store';
import type { Clock, CommandContext, Outcome } from '#kernel';
import {
  groups,
  openReadModels,
  openRunOf,
  openWork,
  startProjector,
  type Projector,
  type ReadModels,
} from '#read-models';
import { CallbackTokens, Runtime } from '#runtime';
import { occurrenceDecider, scheduleDecider, scheduleEffects, scheduleEvents } from '#schedule';
import { mulberry32, SeededIds, SimulatedStore, VirtualClock } from '#testing';
import { WorkflowRegistry } from '#workflow';
import { definitions, scenarioOf } from './kinds.js';
import { Outside } from './outside.js';
import { portfolios } from './portfolio-scenario.js';
import { task } from './schedules.js';

export const HOUR = 3_600_000;
const MINUTE = 60_000;

const kinds = scenarioOf((call) => new WorkflowRegistry([...definitions(call).all(), task('tick', 1_000)]), []);
const events = [...portfolios.events, ...kinds.events, ...scheduleEvents];
export const deciders = {
  ...portfolios.deciders,
  ...kinds.deciders,
  schedule: scheduleDecider,
  occurrence: occurrenceDecider,
};
const ofPortfolios = (name: string) => /^(FIRST|SECOND|THIRD|FOURTH|IT)$/.test(name);

/** Timers fire at whole ms, as real ones do. */
class WholeClock extends VirtualClock {
  override after(ms: number, call: () => void): () => void {
    return super.after(Math.ceil(ms), call);
  }
}

/** What idle projectors look for twice a second would be most of the work of three days: once a minute is enough here. */
const unhurried = (clock: Clock): Clock => ({
  now: () => clock.now(),
  after: (ms, call) => clock.after(ms >= 500 ? MINUTE : ms, call),
});

/**
 * A server with everything of it that lives long, the shipped runner and projectors, over an unreliable outside, for days of virtual
 * time: a schedule runs every two minutes, portfolios and processes of every kind begin, and people answer what waits for them.
 */
export class Days {
  readonly clock: VirtualClock = new WholeClock();
  readonly store = new SimulatedStore({ clock: this.clock });
  readonly events = events;
  readonly runtime: Runtime;
  readonly outside: Outside;
  readonly projectors: Projector[] = [];
  readonly stuck: string[] = [];
  private readonly stopping = new AbortController();
  private readonly random: () => number;
  private readonly log = new EventLog(this.store, new EventRegistry().register(events));
  private begun = 0;

  private constructor(
    readonly models: ReadModels,
    seed: number,
  ) {
    this.random = mulberry32(seed);
    const { clock, log, random } = this;
    this.outside = new Outside({
      clock,
      random,
      trouble: 0.15,
      result: (name, input) => (ofPortfolios(name) ? portfolios : kinds).result(name, input),
      callback: (stream, key, outcome) => this.callback(stream, key, outcome),
      left: () => {},
    });
    const dispatcher = () => this.runtime;
    this.runtime = new Runtime({
      log,
      clock,
      ids: new SeededIds(clock, seed),
      tokens: new CallbackTokens([{ id: 'k', key: new Uint8Array(32) }], 'http://127.0.0.1'),
      effects: [
        ...[portfolios, kinds].flatMap(({ effects }) => effects(this.outside, clock, () => true, dispatcher)),
        ...scheduleEffects({
          clock,
          dispatcher,
          openRun: (createdBy) => openRunOf(models, createdBy),
          starting: async (workflow, _pages, _id, createdBy) => {
            return { type: 'StartProcess', workflow, state: {}, createdBy, time: clock.now() };
          },
        }),
      ],
      openWork: (dueBefore) => openWork(models, dueBefore),
      othersDead: true,
      observe: { stuck: (stream, error) => this.stuck.push(`${stream}: ${String(error)}`) },
    });
    for (const [category, decider] of Object.entries(deciders)) this.runtime.register(category, decider as never);
  }

  static async start(seed: number): Promise<Days> {
    const days = new Days(await openReadModels({ directory: ':memory:' }), seed);
    const { store, models: readModels, stopping } = days;
    const clock = unhurried(days.clock);
    const decode = days.log.decode.bind(days.log);
    for (const { name, projections, pauseMs } of groups)
      days.projectors.push(
        await startProjector({
          store,
          decode,
          readModels,
          projections,
          pauseMs,
          clock,
          owner: name,
          signal: stopping.signal,
        }),
      );
    await days.runtime.start();
    const terms = { trigger: 'interval', kwargs: { minutes: 2 } };
    await days.send('schedule-s', { type: 'CreateSchedule', name: 's', workflow: 'tick', terms, by: 'ann', pages: [] });
    return days;
  }

  /** Lets so many hours pass under load, then until all that began has ended. `load`: instances an hour. */
  async pass(hours: number, load: number): Promise<void> {
    const end = this.clock.now() + hours * HOUR;
    while (this.clock.now() < end) {
      await this.until(this.clock.now() + Math.floor(HOUR / load));
      await this.begin();
      await this.answer();
    }
    for (let i = 0; i < 24 && (await this.open()).length > 0; i++) {
      await this.until(this.clock.now() + 10 * MINUTE);
      await this.answer();
    }
    await this.between();
  }

  /** Instances that are not at rest, but for the schedule's next instants. */
  async open(): Promise<readonly string[]> {
    const rows = await this.models.db.selectFrom('worklist').select(['stream', 'category']).execute();
    return rows.filter(({ category }) => category !== 'occurrence').map(({ stream }) => stream);
  }

  async stop(): Promise<void> {
    this.runtime.kill();
    this.stopping.abort();
    await Promise.all(this.projectors.map(({ done }) => done));
    await this.models.close();
  }

  /** Between two instants of the schedule: the run of the first is over and in all views. */
  private async between(): Promise<void> {
    const now = this.clock.now();
    await this.until(Math.ceil(now / (2 * MINUTE)) * 2 * MINUTE + 1.5 * MINUTE);
  }

  private async until(end: number): Promise<void> {
    for (await settled(); (this.clock.next ?? Infinity) <= end; await settled()) this.clock.runNext();
    this.clock.advance(end - this.clock.now());
    await settled();
  }

  private async begin(): Promise<void> {
    const n = this.begun++;
    const time = this.clock.now();
    const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    if (n % 3 === 0) {
      const facts = { seed: n };
      const create = { type: 'CreatePortfolio', name: `p${n}`, csp: 'simulated', facts, advance: 'automatic', time };
      return this.send(`portfolio-${id}`, create);
    }
    const workflow = n % 3 === 1 ? 'every' : 'undone';
    const state = { items: [1, 2, 3], sub: {} };
    return this.send(`process-${id}`, { type: 'StartProcess', workflow, state, createdBy: 'ann', time });
  }

  /** People answer forms and resume what has failed. */
  private async answer(): Promise<void> {
    const waiting = await this.models.db
      .selectFrom('open_steps')
      .select(['stream', 'state'])
      .where('waits_on', '=', 'people')
      .where('category', '=', 'process')
      .execute();
    for (const { stream, state } of waiting) {
      const input = state === 'suspended' ? { input: { answer: { size: 4 } } } : {};
      await this.send(stream, { type: 'ResumeProcess', ...input, time: this.clock.now() }).catch(() => undefined);
    }
  }

  private async send(
    stream: string,
    command: { readonly type: string; readonly [name: string]: unknown },
  ): Promise<void> {
    const commandId = `${stream}:${command.type}:${this.clock.now()}`;
    await this.runtime.dispatch(stream, { time: this.clock.now(), ...command } as never, context(commandId));
    await settled();
  }

  private async callback(stream: string, key: string, outcome: Outcome): Promise<void> {
    const time = this.clock.now();
    const callbackId = `callback:${stream}:${key}:${time}:${this.random()}`;
    const command = {
      type: 'Outcome',
      key,
      attempt: 0,
      outcome,
      via: 'callback',
      callbackId,
      time,
      jitter: 0.5,
    } as const;
    await this.runtime.dispatch(stream, command, context(callbackId), 'callback');
  }
}

const context = (commandId: string): CommandContext => ({
  commandId,
  correlationId: commandId,
  causationId: commandId,
  actor: 'simulation',
  tenant: 'default',
});

/** Lets everything that can go on without time go on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}
