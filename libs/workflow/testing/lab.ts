import { deepStrictEqual } from 'node:assert';
import { categoryOf, EventRegistry } from '#event-store';
import type { Runtime } from '#runtime';
import { openWork, SimulatedStore, VirtualClock } from '#testing';
import {
  planWorkflow,
  processDecider,
  processEffects,
  processStream,
  WorkflowRegistry,
  type Data,
  type Plan,
  type StartedProcess,
  type StartProcess,
  type WorkflowDefinition,
} from '../index.js';
import { processEvents } from '../published/index.js';
import { answerOf, by } from './answering.js';
import { Watch, type Disturbance, type Point } from './disturbance.js';
import type { Fakes } from './fakes.js';
import { beginLife, streamsOf } from './life.js';

/** How a run ended. `streams`: every other stream as it folds at the end, processes with status and state. */
export interface End {
  readonly status: StartedProcess['status'];
  readonly state: Data;
  readonly streams: Readonly<Record<string, unknown>>;
  readonly outside: unknown;
}

/** ms of virtual time; whoever still works then will not end. */
const LONGEST_MS = 30 * 24 * 3_600_000;
/** ms of real time that the fakes may take to be read. */
const PATIENCE_MS = 10_000;

/** One process of the shipped runner over a log in memory and virtual time. It can be stopped at any point and begins a new life at once. */
export class Lab {
  private readonly log: SimulatedStore;
  private readonly registry: WorkflowRegistry;
  private readonly watch: Watch;
  private readonly events: EventRegistry;
  private runtime: Runtime;
  private life = 0;
  private started = 0;
  private readonly stuck: string[] = [];

  constructor(
    private readonly definition: WorkflowDefinition,
    private readonly fakes: Fakes,
    private readonly clock: VirtualClock,
    disturbance: Disturbance = {},
  ) {
    this.log = new SimulatedStore({ clock });
    this.events = new EventRegistry().register([...processEvents, ...(fakes.events ?? [])]);
    const others = (fakes.workflows ?? []).filter(({ key }) => key !== definition.key);
    this.registry = new WorkflowRegistry([definition, ...others]);
    const again = (stream: string, command: { readonly type: string }) =>
      void this.runtime.dispatch(stream, command, by(`again:${stream}`), 'machine').catch(() => undefined);
    this.watch = new Watch(
      disturbance,
      () => this.stop(),
      ({ stream, key, attempt }, outcome) => {
        const told = { type: 'Outcome', key, attempt, outcome, time: clock.now(), jitter: 0 } as const;
        for (const ms of [0, 1, 60_000]) clock.after(ms, () => again(stream, told));
      },
    );
    this.runtime = this.begin();
  }

  get points(): readonly Point[] {
    return this.watch.points;
  }

  /** From what was there before to the end of the definition. Throws when it never comes to rest. */
  async run(): Promise<End> {
    const state = await this.prepare();
    this.watch.armed = true;
    const { status, data } = await this.complete(this.definition.key, state);
    this.watch.armed = false;
    const end = { status, state: data, ...(await this.world()) };
    this.runtime.kill();
    return structuredClone(end);
  }

  /** What a run with more input would do after what was there before. Throws when making the plan has changed anything. */
  async plan(input: Data): Promise<Plan> {
    const state = { ...(await this.prepare()), ...input };
    const before = structuredClone(await this.world());
    const { answers, deciders } = this.fakes;
    const plan = await planWorkflow(this.registry, await this.start(this.definition.key, state), {
      deciders: { ...deciders, process: processDecider(this.registry) },
      load: async (stream) => (await this.runtime.load<object>(stream)).state,
      now: this.clock.now(),
      signal: AbortSignal.timeout(PATIENCE_MS),
      answers,
    });
    deepStrictEqual(structuredClone(await this.world()), before, 'making the plan has changed something');
    this.runtime.kill();
    return plan;
  }

  private async prepare(): Promise<Data> {
    const before = (workflow: string, state: Data) => this.complete(workflow, state);
    return (await this.fakes.before?.(before)) ?? {};
  }

  /** Everything beside the process that is tried. */
  private async world(): Promise<Pick<End, 'streams' | 'outside'>> {
    return { streams: await this.others(), outside: this.fakes.outside?.() };
  }

  private async start(workflow: string, state: Data): Promise<StartProcess> {
    const { definition } = this.registry.latest(workflow)!;
    const claims = await this.fakes.claims?.(definition, state, this.runtime);
    return {
      type: 'StartProcess',
      workflow,
      state,
      createdBy: 'test',
      ...(claims && { claims }),
      time: this.clock.now(),
    };
  }

  private async complete(workflow: string, state: Data): Promise<StartedProcess> {
    const id = `00000000-0000-4000-8000-${String(++this.started).padStart(12, '0')}`;
    const command = await this.start(workflow, state);
    const stream = processStream(id);
    // Asked once more where the process was stopped, as its caller would.
    while (!(await this.told(stream, command, `begin:${stream}`))) continue;
    await this.rest(stream);
    return (await this.runtime.load<StartedProcess>(stream)).state;
  }

  /** True when it was answered, false when the process was stopped meanwhile; what is refused is thrown. */
  private async told(stream: string, command: { readonly type: string }, id: string): Promise<boolean> {
    const { life } = this;
    const answer = { came: false };
    const answered = this.runtime.dispatch(stream, command, by(id)).finally(() => (answer.came = true));
    answered.catch(() => undefined);
    while (!answer.came && this.life === life) await turn();
    if (answer.came) await answered;
    return answer.came;
  }

  private async rest(stream: string): Promise<void> {
    const latest = this.clock.now() + LONGEST_MS;
    while (this.clock.now() < latest) {
      for (let i = 0; i < 4; i++) await turn();
      if (this.stuck.length > 0) throw new Error(this.stuck.join('\n'));
      if (await this.answered()) continue;
      if (!(await this.busy()) || !this.clock.runNext()) return;
    }
    throw new Error(`${stream} does not come to rest`);
  }

  private async answered(): Promise<boolean> {
    const { fakes } = this;
    if (fakes.answers === undefined && fakes.callbacks === undefined) return false;
    const processes = (await streamsOf(this.log)).filter((each) => categoryOf(each) === 'process');
    const found = await answerOf(this.runtime, processes, fakes, this.clock.now());
    if (found !== undefined) await this.told(found.stream, found.command, found.id);
    return found !== undefined;
  }

  private async busy(): Promise<boolean> {
    for await (const _ of openWork(this.log)) return true;
    return false;
  }

  private async others(): Promise<Readonly<Record<string, unknown>>> {
    const all: Record<string, unknown> = {};
    for (const stream of await streamsOf(this.log)) {
      const { state } = await this.runtime.load<StartedProcess>(stream);
      all[stream] = categoryOf(stream) === 'process' ? { status: state.status, state: state.data } : state;
    }
    return all;
  }

  private begin(): Runtime {
    const life = ++this.life;
    const alive = () => life === this.life;
    const { clock, log, registry, fakes } = this;
    return beginLife({
      log,
      store: this.watch.store(log, alive),
      clock,
      registry: this.events,
      deciders: { ...fakes.deciders, process: processDecider(registry) },
      effects: (dispatcher) => {
        const ports = { clock, dispatcher };
        const all = [...processEffects(registry, ports), ...(fakes.effects?.(ports) ?? [])];
        return all.map((each) => this.watch.effect(each, alive));
      },
      stuck: (stream, error) => void this.stuck.push(`${stream}: ${String(error)}`),
    });
  }

  /** Kill -9, and a new process at the same moment of virtual time. */
  private stop(): void {
    this.runtime.kill();
    this.runtime = this.begin();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
