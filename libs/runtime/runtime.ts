import { Refusal, type CommandContext, type Driving, type Owed } from '#kernel';
import { Alarms } from './alarms.js';
import { Claims } from './claims.js';
import { Driver } from './driver.js';
import type { Effect } from './effects.js';
import { Hold } from './hold.js';
import { foldStream } from './instance.js';
import type { RuntimeOptions } from './options.js';
import type { AnyDecider, Dispatched, Dispatcher, Loaded, Patience } from './runtime.types.js';
import { Slots } from './slots.js';
import { Sweeps } from './sweeps.js';

const SLOTS = 64;
/** A log that does not answer must not keep a process from stopping: then law 7 frees what it had. */
const HAND_BACK_MS = 2_000;

/** The one runner of a process (DESIGN 2): its life, its timers, and the door for commands. {@link Driver} does the driving. */
export class Runtime implements Dispatcher {
  /** One id per process start (law 7). */
  readonly owner: string;
  private readonly deciders = new Map<string, AnyDecider>();
  private readonly effects: ReadonlyMap<string, Effect>;
  private readonly slots: Slots;
  private readonly alarms: Alarms;
  private readonly driver: Driver;
  private readonly sweeps: Sweeps;
  private readonly hold: Hold;
  private started = false;
  private stopping = false;

  constructor(private readonly options: RuntimeOptions) {
    const { clock, ids, tokens, observe } = options;
    this.owner = ids.uuid();
    this.effects = byName(options.effects);
    this.slots = new Slots((effect) => this.effects.get(effect)?.concurrency ?? SLOTS);
    this.alarms = new Alarms(clock, (stream, due) => {
      observe?.late?.(clock.now() - due);
      void this.look(stream);
    });
    this.hold = new Hold(options.graceMs ?? 0);
    this.sweeps = this.sweepsOf(options);
    const missing = (stream: string, effect: string) =>
      this.stuck(stream, new Error(`there is no effect ${effect} here`));
    const claims = new Claims(
      this.owner,
      this.effects,
      this.slots,
      clock,
      () => tokens.current,
      options.othersDead ?? false,
      options.shared?.keepsTime ?? (() => true),
      missing,
    );
    const mayBegin = () => this.started && !this.stopping && !this.hold.paused && options.worker !== false;
    this.driver = new Driver(options, this.deciders, claims, this.alarms, this.hold, mayBegin, () => this.freed());
  }

  register(category: string, decider: AnyDecider): this {
    if (this.deciders.has(category)) throw new Error(`category ${category} is registered twice`);
    this.deciders.set(category, decider);
    return this;
  }

  /** Takes up what is open, unless other workers share it, and goes on by itself from then on. */
  async start(): Promise<void> {
    this.started = true;
    this.hold.openSince(this.options.clock.now());
    if (this.options.worker === false) return;
    if (this.options.shared === undefined) await this.takeUp();
    this.sweeps.begin();
  }

  get paused(): boolean {
    return this.hold.paused;
  }

  /** From now on nothing begins and nothing falls due; what runs ends by itself. Commands are decided as ever. */
  pause(): void {
    this.hold.paused = true;
  }

  /** Everything goes on. `since`: when answers could come in again, ms since the epoch. */
  async unpause(since: number): Promise<void> {
    this.hold.openSince(since);
    if (!this.hold.paused) return;
    this.hold.paused = false;
    if (!this.started || this.options.worker === false) return;
    for (const [stream] of this.driver.mail.allHeld()) void this.look(stream);
    if (this.options.shared === undefined) await this.takeUp();
  }

  /** Drives every open instance that is due and sets an alarm for the others. */
  private async takeUp(): Promise<void> {
    const now = this.options.clock.now();
    for await (const row of this.options.openWork()) {
      if (this.stopping || this.hold.paused) return;
      if (this.driver.mail.held(row.stream) !== undefined) continue;
      const orphaned = row.run && (this.options.othersDead ?? false);
      if (orphaned || (row.due !== null && row.due <= now)) void this.look(row.stream);
      else if (row.due !== null) this.alarms.set(row.stream, row.due);
    }
  }

  private sweepsOf({ clock, openWork, shared }: RuntimeOptions): Sweeps {
    return new Sweeps({
      clock,
      openWork,
      keepsTime: shared?.keepsTime,
      paused: () => this.hold.paused,
      wake: (stream) => this.look(stream),
      // The alarms of who is alone are all there are.
      underWay: (stream) =>
        this.driver.mail.held(stream) !== undefined || (shared === undefined && this.alarms.has(stream)),
      failed: (error) => this.stuck('worklist', error),
    });
  }

  /** Begins nothing new, lets running effects end for `graceMs`, then hands the rest back (law 7). */
  async stop(graceMs = 8_000): Promise<void> {
    this.quit();
    const { clock } = this.options;
    const latest = clock.now() + graceMs;
    while (clock.now() < latest && (this.driver.attempts > 0 || this.driver.mail.busy))
      await new Promise((r) => setTimeout(r, 5));
    await Promise.race([this.handBack(), new Promise((r) => clock.after(HAND_BACK_MS, () => r(undefined)))]);
    this.driver.gone = true;
    this.alarms.stop();
  }

  private async handBack(): Promise<void> {
    const time = this.options.clock.now();
    const left = [...this.driver.mail.allHeld()].filter(([, held]) => held.running.length > 0);
    await Promise.all(
      left.map(([stream, held]) => {
        const keys = held.running.map((run) => run.key);
        const command: Driving = { type: 'HandBack', owner: this.owner, keys, time };
        const job = { commands: () => [command], patience: 'callback' } as const;
        return this.driver.post(stream, job).catch((error: unknown) => this.stuck(stream, error));
      }),
    );
  }

  /** For simulations: the process is gone from one moment to the next; nothing it still hears of has any effect. */
  kill(): void {
    this.quit();
    this.driver.gone = true;
    this.alarms.stop();
  }

  private quit(): void {
    this.stopping = true;
    this.sweeps.stop();
  }

  dispatch<S>(
    stream: string,
    command: { readonly type: string },
    context: CommandContext,
    patience: Patience = 'people',
  ): Promise<Dispatched<S>> {
    // What still runs may finish what it does: its commands to other streams are part of it (law 10).
    if (this.stopping && patience !== 'machine') return Promise.reject(shuttingDown());
    return this.driver.post(stream, { commands: () => [command], context, patience }) as Promise<Dispatched<S>>;
  }

  async load<S>(stream: string, upTo?: number): Promise<Loaded<S>> {
    const folded = await foldStream(this.options.log, this.driver.deciderOf(stream), stream, upTo);
    return { state: folded.state as S, revision: folded.head.revision, position: folded.position, first: folded.first };
  }

  /** What the streams of this category are folded with, for those who look at states of the past. Refusal `not_found` 404. */
  deciderOf(stream: string): AnyDecider {
    return this.driver.deciderOf(stream);
  }

  get figures(): { readonly held: number; readonly effects: number; readonly alarms: number } {
    return { held: this.driver.mail.size, effects: this.slots.inFlight, alarms: this.alarms.size };
  }

  /**
   * Looks at an instance: what is due is decided, what is owed is begun. Resolves when that is recorded, or nothing was to be done.
   * Rejects for an instance that this process cannot carry on, and while it is shutting down.
   */
  async wake(stream: string): Promise<void> {
    if (this.stopping) throw shuttingDown();
    const commands = (owed: readonly Owed[]) => this.dueNow(stream, owed);
    await this.driver.post(stream, { commands, patience: 'machine', fresh: true });
  }

  private look(stream: string): Promise<void> {
    if (this.stopping) return Promise.resolve();
    return this.wake(stream).catch((error: unknown) => this.stuck(stream, error));
  }

  private dueNow(stream: string, owed: readonly Owed[]): readonly Driving[] {
    if (this.hold.paused) return [];
    const { clock, ids } = this.options;
    const time = clock.now();
    const due: Driving[] = [];
    for (const item of owed) {
      if (item.kind !== 'wait' || !((this.hold.dueAt(stream, item) ?? Infinity) <= time)) continue;
      const askFirst = item.deadline === 'ask' && this.hold.holdsBack(item);
      due.push({ type: 'Due', key: item.key, time, jitter: ids.random(), ...(askFirst && { askFirst }) });
    }
    return due;
  }

  /** Gives free slots to instances that wait for one. */
  private freed(): void {
    if (this.stopping || this.hold.paused || !this.slots.anyWaiting) return;
    for (const name of this.effects.keys()) {
      const stream = this.slots.nextWaiting(name);
      if (stream !== undefined) void this.look(stream);
    }
  }

  private stuck(stream: string, error: unknown): void {
    if (!this.driver.gone) this.options.observe?.stuck?.(stream, error);
  }
}

const shuttingDown = () => new Refusal('shutting_down', 503, 'this process is shutting down');

function byName(effects: readonly Effect[]): ReadonlyMap<string, Effect> {
  const map = new Map(effects.map((effect) => [effect.name, effect]));
  if (map.size !== effects.length) throw new Error('two effects have the same name');
  return map;
}
