import type { Clock, CommandContext, Outcome } from '#kernel';
import { categoryOf, EventLog, EventRegistry, StoreUnavailable, type EventSpec } from '#event-store';
import { foldStream, type AnyDecider, type Dispatcher, type Effect, type EffectCall } from '#runtime';
import { mulberry32, SimulatedStore, VirtualClock } from '#testing';
import { Node } from './node.js';
import { Outside } from './outside.js';

export interface Scenario {
  readonly deciders: Readonly<Record<string, AnyDecider>>;
  readonly events: readonly EventSpec<string, never>[];
  /** The effects of one process; `outside` is shared by all. */
  readonly effects: (
    outside: Outside,
    clock: Clock,
    alive: () => boolean,
    dispatcher: () => Dispatcher,
  ) => readonly Effect[];
  readonly result: (name: string, input: unknown) => unknown;
  /** Streams to begin, each with its first command. */
  readonly begin: readonly { readonly stream: string; readonly command: { readonly type: string } }[];
  readonly ended: (state: never) => boolean;
  /** What an operator would do about an instance that waits for one. */
  readonly rescue?: (state: never) => { readonly type: string } | undefined;
  /** What people do to a running instance at random times. */
  readonly meddle?: (random: () => number) => { readonly type: string };
  /** Event types that record a step as done; their data has `step`. */
  readonly recordedBy: readonly string[];
}

/** Ends in a minute of quiet; chaos lasts this long, ms of virtual time. */
const CHAOS_MS = 60_000;
const LONGEST_MS = 3_000_000;

/** Several processes over one log under a random schedule: crash, freeze, lost or repeated answers, refused and unknown appends. */
export class World {
  readonly clock = new VirtualClock();
  readonly store = new SimulatedStore({ clock: this.clock });
  readonly nodes: Node[];
  readonly outside: Outside;
  readonly violations: string[] = [];
  /** Command ids of callbacks that were answered as accepted. */
  readonly accepted: { readonly stream: string; readonly commandId: string }[] = [];
  private readonly random: () => number;
  private readonly log: EventLog;

  constructor(
    private readonly scenario: Scenario,
    seed: number,
    processes: number,
    private readonly trouble: number,
  ) {
    this.random = mulberry32(seed);
    const registry = new EventRegistry().register(scenario.events);
    this.log = new EventLog(this.store, registry);
    const { clock, store, random } = this;
    this.outside = new Outside({
      clock,
      random,
      trouble,
      result: scenario.result,
      callback: (stream, key, outcome) => this.callback(stream, key, outcome),
      left: (call) => void this.assertNotRecorded(call),
    });
    this.nodes = Array.from(
      { length: processes },
      () =>
        new Node({
          store,
          clock,
          registry,
          random,
          deciders: scenario.deciders,
          alone: processes === 1,
          effects: (...life) => scenario.effects(this.outside, ...life),
        }),
    );
  }

  /** Runs until every instance has ended; the answer tells what did not. */
  async run(): Promise<{ open: string[]; states: Map<string, unknown> }> {
    for (const { stream, command } of this.scenario.begin) this.send(stream, command);
    if (this.trouble > 0) this.disturb();
    const from = this.clock.now();
    let states = new Map<string, unknown>();
    for (let turn = 0; this.clock.now() - from < LONGEST_MS; turn++) {
      await settled();
      if (turn % 20 === 0 && this.clock.now() - from > (this.trouble > 0 ? CHAOS_MS : 0)) {
        states = await this.states();
        if ([...states.values()].every((state) => this.scenario.ended(state as never))) break;
        this.rescue(states);
      }
      if (!this.clock.runNext()) break;
    }
    for (const node of this.nodes) node.runtime.kill();
    const open = [...states].filter(([, state]) => !this.scenario.ended(state as never)).map(([stream]) => stream);
    return { open, states };
  }

  /** Each instance as the log folds it. */
  async states(): Promise<Map<string, unknown>> {
    const states = new Map<string, unknown>();
    for (const { stream } of this.scenario.begin) {
      const decider = this.scenario.deciders[categoryOf(stream)]!;
      states.set(stream, (await foldStream(this.log, decider, stream)).state);
    }
    return states;
  }

  private send(stream: string, command: { readonly type: string }): void {
    const node = this.pick();
    node.runtime
      .dispatch(stream, command, context(`begin:${stream}`))
      .catch(() => this.clock.after(500, () => this.send(stream, command)));
  }

  private rescue(states: ReadonlyMap<string, unknown>): void {
    for (const [stream, state] of states) {
      const command = this.scenario.rescue?.(state as never);
      const { runtime } = this.pick();
      if (command)
        runtime.dispatch(stream, command, context(`rescue:${stream}:${this.clock.now()}`)).catch(() => undefined);
    }
  }

  private async callback(stream: string, key: string, outcome: Outcome): Promise<void> {
    const time = this.clock.now();
    const commandId = `callback:${stream}:${key}:${time}:${this.random()}`;
    const told = { type: 'Outcome', key, attempt: 0, outcome, via: 'callback', callbackId: commandId } as const;
    const command = { ...told, time, jitter: this.random() };
    await this.pick().runtime.dispatch(stream, command, context(commandId), 'callback');
    this.accepted.push({ stream, commandId });
  }

  private disturb(): void {
    const count = Math.floor(this.random() * 12);
    for (let i = 0; i < count; i++) this.clock.after(this.random() * CHAOS_MS, () => this.disturbOnce());
    const { meddle } = this.scenario;
    if (meddle)
      for (const { stream } of this.scenario.begin)
        for (let i = 0; i < 3; i++) this.clock.after(this.random() * CHAOS_MS, () => this.meddle(stream, meddle));
  }

  private disturbOnce(): void {
    const kind = Math.floor(this.random() * 5);
    if (kind === 4) this.pauseOnce();
    else if (kind === 0) this.pick().crash(this.random() * 8_000);
    else if (kind === 1) this.pick().clock.freeze(this.random() * 20_000);
    else
      this.store.failNext(new StoreUnavailable('cut', kind === 3), { afterWriting: kind === 2 && this.random() < 0.5 });
  }

  /** The engine is paused in one process, as one is that hears of it earlier or later than the others. */
  private pauseOnce(): void {
    const { runtime } = this.pick();
    runtime.pause();
    this.clock.after(this.random() * 15_000, () => void runtime.unpause(this.clock.now()));
  }

  private meddle(stream: string, choose: (random: () => number) => { readonly type: string }): void {
    const command = choose(this.random);
    // A command that does not fit is refused, one that meets a crash is lost: both are what people live with.
    this.pick()
      .runtime.dispatch(stream, command, context(`meddle:${stream}:${this.clock.now()}`))
      .catch(() => undefined);
  }

  private pick(): Node {
    return this.nodes[Math.floor(this.random() * this.nodes.length)]!;
  }

  /**
   * No recorded step runs again: when a call leaves, its step is not in the log as done. With several processes it must not have been
   * there when the attempt was promised: between promise and call another process may record what a callback brings; the key is the same.
   */
  private async assertNotRecorded({ stream, key, attempt }: EffectCall): Promise<void> {
    const { events } = await this.store.readStream(stream);
    const step = key.slice(0, key.lastIndexOf('/'));
    const ofStep = events
      .map(({ type, data }) => ({ type, data: JSON.parse(data) as { step: string; attempt?: number; until?: number } }))
      .filter(({ data }) => data.step === step);
    const promised = ofStep.findLastIndex(({ data }) => data.until !== undefined && data.attempt === attempt);
    const before = this.nodes.length === 1 || promised < 0 ? ofStep : ofStep.slice(0, promised);
    if (before.some(({ type }) => this.scenario.recordedBy.includes(type)))
      this.violations.push(`${stream} ran ${key} again`);
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
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
