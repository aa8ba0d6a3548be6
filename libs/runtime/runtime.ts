import { Refusal, type CommandContext, type Driving, type Owed } from '#kernel';
import { Alarms } from './alarms.js';
import { Claims } from './claims.js';
import { Driver } from './driver.js';
import type { Effect } from './effects.js';
import { foldStream } from './instance.js';
import type { RuntimeOptions } from './options.js';
import type { AnyDecider, Dispatched, Dispatcher, Loaded, Patience } from './runtime.types.js';
import { Slots } from './slots.js';

const SWEEP_MS = 5_000;
const SLOTS = 64;

/** The one runner of a process (DESIGN 2): its life, its timers, and the door for commands. {@link Driver} does the driving. */
export class Runtime implements Dispatcher {
  /** One id per process start (law 7). */
  readonly owner: string;
  private readonly deciders = new Map<string, AnyDecider>();
  private readonly effects: ReadonlyMap<string, Effect>;
  private readonly slots: Slots;
  private readonly alarms: Alarms;
  private readonly driver: Driver;
  private cancelSweep: (() => void) | undefined;
  private started = false;
  private stopping = false;

  constructor(private readonly options: RuntimeOptions) {
    const { clock, ids, tokens, observe } = options;
    this.owner = ids.uuid();
    this.effects = byName(options.effects);
    this.slots = new Slots((effect) => this.effects.get(effect)?.concurrency ?? SLOTS);
    this.alarms = new Alarms(clock, (stream, due) => {
      observe?.late?.(clock.now() - due);
      this.wake(stream);
    });
    const missing = (stream: string, effect: string) =>
      this.stuck(stream, new Error(`there is no effect ${effect} here`));
    const claims = new Claims(
      this.owner,
      this.effects,
      this.slots,
      clock,
      () => tokens.current,
      options.othersDead ?? false,
      missing,
    );
    const mayBegin = () => this.started && !this.stopping && options.worker !== false;
    this.driver = new Driver(options, this.deciders, claims, this.alarms, mayBegin, () => this.freed());
  }

  register(category: string, decider: AnyDecider): this {
    if (this.deciders.has(category)) throw new Error(`category ${category} is registered twice`);
    this.deciders.set(category, decider);
    return this;
  }

  /** Takes up what is open, and goes on by itself from then on. */
  async start(): Promise<void> {
    this.started = true;
    if (this.options.worker === false) return;
    await this.takeUp();
    this.sweepLater();
  }

  /** Drives every open instance that is due and sets an alarm for the others; at most once for what is held already. */
  async takeUp(dueBefore?: number): Promise<void> {
    const now = this.options.clock.now();
    for await (const row of this.options.openWork(dueBefore)) {
      if (this.stopping) return;
      if (this.driver.held.has(row.stream)) continue;
      const orphaned = row.run && (this.options.othersDead ?? false);
      if (orphaned || (row.due !== null && row.due <= now)) this.wake(row.stream);
      else if (row.due !== null) this.alarms.set(row.stream, row.due);
    }
  }

  private sweepLater(): void {
    if (this.stopping) return;
    this.cancelSweep = this.options.clock.after(this.options.sweepMs ?? SWEEP_MS, () => {
      const sweep = this.takeUp(this.options.clock.now()).catch((error: unknown) => this.stuck('worklist', error));
      void sweep.then(() => this.sweepLater());
    });
  }

  /** Begins nothing new, lets running effects end for `graceMs`, then hands the rest back (law 7). */
  async stop(graceMs = 8_000): Promise<void> {
    this.quit();
    const { clock } = this.options;
    const latest = clock.now() + graceMs;
    while (clock.now() < latest && (this.driver.attempts > 0 || this.driver.mail.busy))
      await new Promise((r) => setTimeout(r, 5));
    await this.handBack();
    this.driver.gone = true;
    this.alarms.stop();
  }

  private async handBack(): Promise<void> {
    const time = this.options.clock.now();
    const left = [...this.driver.held].filter(([, held]) => held.running.length > 0);
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
    this.cancelSweep?.();
  }

  dispatch<S>(
    stream: string,
    command: { readonly type: string },
    context: CommandContext,
    patience: Patience = 'people',
  ): Promise<Dispatched<S>> {
    // What still runs may finish what it does: its commands to other streams are part of it (law 10).
    if (this.stopping && patience !== 'machine')
      return Promise.reject(new Refusal('shutting_down', 503, 'this process is shutting down'));
    return this.driver.post(stream, { commands: () => [command], context, patience }) as Promise<Dispatched<S>>;
  }

  async load<S>(stream: string, upTo?: number): Promise<Loaded<S>> {
    const folded = await foldStream(this.options.log, this.driver.deciderOf(stream), stream, upTo);
    return { state: folded.state as S, revision: folded.head.revision, position: folded.position, first: folded.first };
  }

  get figures(): { readonly held: number; readonly effects: number; readonly alarms: number } {
    return { held: this.driver.held.size, effects: this.slots.inFlight, alarms: this.alarms.size };
  }

  /** Looks at an instance: what is due is decided, what is owed is begun. */
  private wake(stream: string): void {
    const commands = (owed: readonly Owed[]) => this.dueNow(owed);
    this.driver.post(stream, { commands, patience: 'machine' }).catch((error: unknown) => this.stuck(stream, error));
  }

  private dueNow(owed: readonly Owed[]): readonly Driving[] {
    const time = this.options.clock.now();
    return owed
      .filter((item) => item.kind === 'wait' && item.until !== undefined && item.until <= time)
      .map(({ key }) => ({ type: 'Due', key, time, jitter: this.options.ids.random() }));
  }

  /** Gives free slots to instances that wait for one. */
  private freed(): void {
    if (this.stopping || !this.slots.anyWaiting) return;
    for (const name of this.effects.keys()) {
      const stream = this.slots.nextWaiting(name);
      if (stream !== undefined) this.wake(stream);
    }
  }

  private stuck(stream: string, error: unknown): void {
    if (!this.driver.gone) this.options.observe?.stuck?.(stream, error);
  }
}

function byName(effects: readonly Effect[]): ReadonlyMap<string, Effect> {
  const map = new Map(effects.map((effect) => [effect.name, effect]));
  if (map.size !== effects.length) throw new Error('two effects have the same name');
  return map;
}
