import {
  never,
  Refusal,
  type Clock,
  type CommandContext,
  type Driving,
  type Ids,
  type Outcome,
  type Owed,
  type Run,
} from '#kernel';
import {
  categoryOf,
  EventLog,
  StoreError,
  StoreUnavailable,
  WrongExpectedRevision,
  type PreparedAppend,
} from '#event-store';
import { Alarms } from './alarms.js';
import type { CallbackTokens } from './callback-token.js';
import { attempt } from './attempt.js';
import type { Effect } from './effects.js';
import { foldStream, flowOf, openWorkOf, OWN_COMMAND, remember, type Folded } from './instance.js';
import { Mailboxes } from './mailboxes.js';
import type { AnyDecider, Dispatched, Dispatcher, Loaded, OpenWork, Patience } from './runtime.types.js';
import { Slots } from './slots.js';

export interface RuntimeOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly tokens: CallbackTokens;
  readonly effects: readonly Effect[];
  /** Open instances, from the worklist projection; read at start and on every sweep. `dueBefore` narrows to rows due by then or with a run. */
  readonly openWork: (dueBefore?: number) => Iterable<OpenWork> | AsyncIterable<OpenWork>;
  /** False: commands are appended, but no intent and no effect (a process without the worker role). */
  readonly worker?: boolean;
  /** True when every other owner is dead, as the embedded store's free directory lock proves. */
  readonly othersDead?: boolean;
  /** How often overdue rows of the worklist are driven again, ms; default 5 000. */
  readonly sweepMs?: number;
  readonly observe?: Partial<Observer>;
}

/** What metrics want to know. Durations in ms. */
export interface Observer {
  appended(ms: number, events: number): void;
  effect(name: string, outcome: Outcome['kind'] | 'aborted', ms: number): void;
  late(ms: number): void;
  /** An instance that this process cannot carry on (law 8), or a defect; it is left alone. */
  stuck(stream: string, error: unknown): void;
}

interface Held {
  folded: Folded;
  /** Attempts of this process under way: run key to when its slot was taken. */
  readonly running: Map<string, Run>;
  /** When a repeated read that brought nothing new is due again. */
  readonly again: Map<string, number>;
}

interface Job {
  readonly commands: (state: unknown) => readonly { readonly type: string }[];
  readonly context: CommandContext | undefined;
  readonly patience: Patience;
  /** The attempt whose outcome this is: its slot is free from here on. */
  readonly ended?: Run;
}

const CONFLICT_TRIES = 5;
const CALLBACK_MS = 3_000;
const GRACE_MS = 5_000;
const runId = (run: Run): string => `${run.key}|${run.effect}`;
const NOTHING: readonly Owed[] = [];

/**
 * The one runner (DESIGN 2): folds a stream, asks the decider what is owed, records intents, runs effects, turns each outcome into a
 * command and appends its events together with the intents of what they make owed.
 */
export class Runtime implements Dispatcher {
  /** One id per process start (law 7). */
  readonly owner: string;
  private readonly deciders = new Map<string, AnyDecider>();
  private readonly effects = new Map<string, Effect>();
  private readonly held = new Map<string, Held>();
  private readonly mail = new Mailboxes();
  private readonly slots: Slots;
  private readonly alarms: Alarms;
  private underWay = 0;
  private stopSweep: (() => void) | undefined;
  private started = false;
  private stopping = false;
  private dead = false;

  constructor(private readonly options: RuntimeOptions) {
    this.owner = options.ids.uuid();
    for (const effect of options.effects) {
      if (this.effects.has(effect.name)) throw new Error(`effect ${effect.name} is registered twice`);
      this.effects.set(effect.name, effect);
    }
    this.slots = new Slots((effect) => this.effects.get(effect)?.concurrency ?? 64);
    this.alarms = new Alarms(options.clock, (stream, due) => {
      options.observe?.late?.(options.clock.now() - due);
      this.wake(stream);
    });
  }

  register(category: string, decider: AnyDecider): this {
    if (this.deciders.has(category)) throw new Error(`category ${category} is registered twice`);
    this.deciders.set(category, decider);
    return this;
  }

  /** Takes up what is open and goes on by itself from then on. */
  async start(): Promise<void> {
    this.started = true;
    if (this.options.worker === false) return;
    await this.takeUp();
    this.sweepLater();
  }

  /** Drives every open instance that is due; future ones get an alarm. */
  async takeUp(dueBefore?: number): Promise<void> {
    const now = this.options.clock.now();
    for await (const row of this.options.openWork(dueBefore)) {
      if (this.held.has(row.stream)) continue;
      if ((row.run && this.options.othersDead) || (row.due !== null && row.due <= now)) this.wake(row.stream);
      else if (row.due !== null) this.alarms.set(row.stream, row.due);
    }
  }

  private sweepLater(): void {
    this.stopSweep = this.options.clock.after(this.options.sweepMs ?? GRACE_MS, () => {
      this.takeUp(this.options.clock.now())
        .catch((error) => this.options.observe?.stuck?.('worklist', error))
        .finally(() => {
          if (!this.stopping) this.sweepLater();
        });
    });
  }

  /** Lets running effects end for `graceMs`, then hands the rest back (law 7). */
  async stop(graceMs = 8_000): Promise<void> {
    this.stopping = true;
    this.stopSweep?.();
    this.alarms.stop();
    let expired = false;
    const cancel = this.options.clock.after(graceMs, () => (expired = true));
    while (!expired && (this.underWay > 0 || this.mail.busy)) await new Promise((r) => setImmediate(r));
    cancel();
    await this.handBack();
    this.dead = true;
  }

  private async handBack(): Promise<void> {
    const { owner } = this;
    const time = this.options.clock.now();
    const left = [...this.held].filter(([, held]) => held.running.size > 0);
    await Promise.all(
      left.map(([stream, held]) => {
        const keys = [...held.running.values()].map((run) => run.key);
        const command: Driving = { type: 'HandBack', owner, keys, time };
        return this.post(stream, { commands: () => [command], context: undefined, patience: 'callback' }).catch(
          () => undefined,
        );
      }),
    );
  }

  /** For simulations: the process is gone from one moment to the next; nothing it still hears of has any effect. */
  kill(): void {
    this.dead = true;
    this.stopping = true;
    this.stopSweep?.();
    this.alarms.stop();
  }

  dispatch<S>(
    stream: string,
    command: { readonly type: string },
    context: CommandContext,
    patience: Patience = 'people',
  ): Promise<Dispatched<S>> {
    if (this.stopping) return Promise.reject(new Refusal('shutting_down', 503, 'this process is shutting down'));
    return this.post(stream, { commands: () => [command], context, patience }) as Promise<Dispatched<S>>;
  }

  async load<S>(stream: string, upTo?: number): Promise<Loaded<S>> {
    const folded = await foldStream(this.options.log, this.deciderOf(stream), stream, upTo);
    return { state: folded.state as S, revision: folded.head.revision, position: folded.position, first: folded.first };
  }

  get figures(): { readonly held: number; readonly effects: number; readonly alarms: number } {
    return { held: this.held.size, effects: this.slots.inFlight, alarms: this.alarms.size };
  }

  /** Looks at an instance: what is due is decided, what is owed is begun. */
  private wake(stream: string): void {
    const job: Job = { commands: (state) => this.dueNow(stream, state), context: undefined, patience: 'machine' };
    this.post(stream, job).catch((error) => this.stuck(stream, error));
  }

  private stuck(stream: string, error: unknown): void {
    if (!this.dead) this.options.observe?.stuck?.(stream, error);
  }

  private dueNow(stream: string, state: unknown): readonly Driving[] {
    const time = this.options.clock.now();
    const due = (owed: Owed) => owed.kind === 'wait' && owed.until !== undefined && owed.until <= time;
    return this.owedBy(stream, state)
      .filter(due)
      .map(({ key }) => ({ type: 'Due', key, time, jitter: this.options.ids.random() }));
  }

  private deciderOf(stream: string): AnyDecider {
    const decider = this.deciders.get(categoryOf(stream));
    if (decider === undefined) throw new Refusal('not_found', 404, `there is no category of stream ${stream}`);
    return decider;
  }

  private owedBy(stream: string, state: unknown): readonly Owed[] {
    return this.deciderOf(stream).next?.(state) ?? NOTHING;
  }

  private post(stream: string, job: Job): Promise<Dispatched> {
    return this.mail.post(stream, () => this.handle(stream, job));
  }

  /** One command, one append, in turn; again on conflict as long as the sender is patient. */
  private async handle(stream: string, job: Job): Promise<Dispatched> {
    const began = this.options.clock.now();
    if (job.ended) this.endAttempt(stream, job.ended);
    for (let tries = 1; ; tries++) {
      if (this.dead) throw new Refusal('shutting_down', 503, 'this process is shutting down');
      try {
        const done = await this.decideAndAppend(stream, job);
        this.settle(stream);
        return done;
      } catch (error) {
        const waited = this.options.clock.now() - began;
        if (!(await this.again(stream, error, job.patience, tries, waited))) {
          this.settle(stream);
          throw error instanceof WrongExpectedRevision ? tooManyConflicts(job.patience, stream) : error;
        }
      }
    }
  }

  private async again(
    stream: string,
    error: unknown,
    patience: Patience,
    tries: number,
    waited: number,
  ): Promise<boolean> {
    if (error instanceof WrongExpectedRevision) {
      const held = this.held.get(stream);
      if (held) held.folded = await foldStream(this.options.log, this.deciderOf(stream), stream);
      return patience === 'machine' || (patience === 'people' ? tries < CONFLICT_TRIES : waited < CALLBACK_MS);
    }
    if (
      !(error instanceof StoreError) ||
      patience !== 'machine' ||
      error.code === 'event_too_large' ||
      error.code === 'corrupt'
    )
      return false;
    await this.pause(Math.min(100 * 2 ** Math.min(tries, 6), 5_000));
    return true;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.options.clock.after(ms, resolve));
  }

  private async decideAndAppend(stream: string, job: Job): Promise<Dispatched> {
    const decider = this.deciderOf(stream);
    const held = await this.hold(stream, decider);
    const { folded } = held;
    const before = job.context && folded.seen.get(job.context.commandId);
    if (before !== undefined) return this.answer(stream, folded, [], true, before);
    const decided: { readonly type: string; readonly data: unknown }[] = [];
    let { state } = folded;
    for (const command of job.commands(state)) {
      for (const event of decider.decide(command as never, state)) {
        decided.push(event);
        state = decider.evolve(state, event);
      }
    }
    const events = decided.length;
    const claims = this.claim(stream, held, state, decider, decided);
    if (decided.length === 0) {
      for (const claim of claims) this.begin(stream, held, claim);
      return this.answer(stream, folded, [], false, folded.position);
    }
    try {
      for (let i = events; i < decided.length; i++) state = decider.evolve(state, decided[i]!);
      held.folded = await this.append(stream, held, job, decided, state);
    } catch (error) {
      for (const claim of claims) this.unclaim(held, claim.run);
      throw error;
    }
    for (const claim of claims) this.begin(stream, held, claim);
    return this.answer(stream, held.folded, decided.slice(0, events), false, held.folded.position);
  }

  private async hold(stream: string, decider: AnyDecider): Promise<Held> {
    const known = this.held.get(stream);
    if (known) return known;
    const held: Held = {
      folded: await foldStream(this.options.log, decider, stream),
      running: new Map(),
      again: new Map(),
    };
    this.held.set(stream, held);
    return held;
  }

  private async append(
    stream: string,
    held: Held,
    job: Job,
    events: readonly { type: string; data: unknown }[],
    state: unknown,
  ): Promise<Folded> {
    const { log, clock } = this.options;
    const { folded } = held;
    const time = clock.now();
    const context = job.context ?? this.ownContext(folded, job);
    if (log.hasPersonal(stream, events)) await log.ensureKeys(stream, events);
    const prepared = log.prepare(stream, folded.head, events, {
      $correlationId: context.correlationId,
      $causationId: context.causationId,
      actor: context.actor,
      tenant: context.tenant,
      commandId: context.commandId,
      time,
      traceparent: context.traceparent,
      bodyHash: context.bodyHash,
      owed: openWorkOf(this.owedBy(stream, state), time, GRACE_MS),
    });
    const position = await this.write(stream, prepared, job.patience);
    this.options.observe?.appended?.(clock.now() - time, events.length);
    remember(folded.seen, context.commandId, position);
    const first = folded.first ?? {
      ...events[0]!,
      ...firstOf(prepared, position),
      metadata: JSON.parse(prepared.events[0]!.metadata),
    };
    return {
      state,
      head: prepared.head,
      position,
      first,
      seen: folded.seen,
      flow: folded.flow ?? flowOf(first),
      lastEventId: prepared.events.at(-1)!.id,
    };
  }

  /** Identical bytes until the store has answered, for ever: only then is the outcome known. */
  private async write(stream: string, prepared: PreparedAppend, patience: Patience): Promise<number> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.options.log.append(prepared);
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || error.outcomeKnown || this.dead) throw error;
        if (tries === 1 && patience !== 'machine') this.stuck(stream, error);
        await this.pause(Math.min(50 * 2 ** Math.min(tries, 7), 5_000));
      }
    }
  }

  private ownContext(folded: Folded, job: Job): CommandContext {
    const commandId = job.ended ? `${OWN_COMMAND}${job.ended.key}#${job.ended.attempt}` : `${OWN_COMMAND}wake`;
    const flow = folded.flow ?? { correlationId: '', actor: 'purveyor', tenant: 'default' };
    return { ...flow, commandId, causationId: folded.lastEventId };
  }

  private answer(
    stream: string,
    folded: Folded,
    events: Dispatched['events'],
    repeated: boolean,
    position: number,
  ): Dispatched {
    return { stream, state: folded.state, revision: folded.head.revision, position, events, repeated };
  }

  /** Takes a slot for each run that may begin now and adds its intent to `events`. */
  private claim(
    stream: string,
    held: Held,
    state: unknown,
    decider: AnyDecider,
    events: { type: string; data: unknown }[],
  ): Claim[] {
    if (this.options.worker === false || this.stopping || !this.started || decider.next === undefined) return [];
    const claims: Claim[] = [];
    const now = this.options.clock.now();
    for (const run of decider.next(state)) {
      if (run.kind !== 'run' || held.running.has(runId(run)) || this.notBefore(held, run) > now) continue;
      const effect = this.effects.get(run.effect);
      if (effect === undefined) this.stuck(stream, new Error(`no effect ${run.effect} here`));
      else if (!this.slots.take(run.effect)) this.slots.wait(run.effect, stream);
      else {
        const until = now + Math.min(effect.attemptMs ?? 10_000, 60_000);
        const deadline = run.deadline ?? (run.deadlineMs === undefined ? undefined : now + run.deadlineMs);
        const tokenKey = run.tokenKey ?? this.options.tokens.current;
        if (run.intent) events.push(run.intent({ owner: this.owner, until, time: now, tokenKey, deadline }));
        held.running.set(runId(run), run);
        claims.push({ run, effect, until, deadline, tokenKey });
      }
    }
    return claims;
  }

  private notBefore(held: Held, run: Run): number {
    if (run.owner !== undefined && run.owner !== this.owner && this.options.othersDead) return 0;
    return Math.max(run.notBefore, held.again.get(runId(run)) ?? 0);
  }

  private unclaim(held: Held, run: Run): void {
    held.running.delete(runId(run));
    this.slots.release(run.effect);
  }

  private begin(stream: string, held: Held, { run, effect, until, deadline, tokenKey }: Claim): void {
    const { clock, tokens } = this.options;
    const flow = held.folded.flow ?? { correlationId: '', actor: 'purveyor', tenant: 'default' };
    const began = clock.now();
    const call = attempt(clock, effect, run, until, {
      stream,
      callbackUrl: () => tokens.url(stream, run.key, tokenKey),
      deadline,
      ...flow,
    });
    this.underWay++;
    void call.then((outcome) => {
      this.underWay--;
      this.options.observe?.effect?.(effect.name, outcome.kind, clock.now() - began);
      if (!this.dead) this.outcome(stream, held, run, outcome);
    });
  }

  private outcome(stream: string, held: Held, run: Run, outcome: Outcome): void {
    const now = this.options.clock.now();
    if (run.intent === undefined) held.again.set(runId(run), now + readAgainMs(run, outcome));
    const command: Driving = {
      type: 'Outcome',
      key: run.key,
      attempt: run.attempt,
      outcome,
      time: now,
      jitter: this.options.ids.random(),
    };
    this.post(stream, { commands: () => [command], context: undefined, patience: 'machine', ended: run }).catch(
      (error) => this.stuck(stream, error),
    );
  }

  private endAttempt(stream: string, run: Run): void {
    const held = this.held.get(stream);
    if (held?.running.has(runId(run))) this.unclaim(held, run);
  }

  /** After a command: arms the instance's alarm, drops it when only waits are left, and gives free slots to those who wait. */
  private settle(stream: string): void {
    const held = this.held.get(stream);
    if (held === undefined || this.dead) return;
    const owed = this.owedBy(stream, held.folded.state);
    const now = this.options.clock.now();
    let due: number | undefined;
    let active = held.running.size > 0;
    for (const item of owed) {
      if (item.kind === 'run' && held.running.has(runId(item))) continue;
      const at = item.kind === 'run' ? this.notBefore(held, item) : item.until;
      if (item.kind === 'run' && item.intent === undefined) active = true;
      if (at !== undefined && (due === undefined || at < due) && (at > now || item.kind === 'wait')) due = at;
    }
    if (!this.stopping) this.alarms.set(stream, due);
    if (!active && !this.mail.hasMore(stream)) this.held.delete(stream);
    for (const [, effect] of this.effects) {
      const next = this.slots.nextWaiting(effect.name);
      if (next !== undefined) this.wake(next);
    }
  }
}

interface Claim {
  readonly run: Run;
  readonly effect: Effect;
  readonly until: number;
  readonly deadline: number | undefined;
  readonly tokenKey: string;
}

/** When a read that brought nothing new is repeated: as the other side asked, else at the plan's pace. */
function readAgainMs(run: Run, outcome: Outcome): number {
  const pace = run.everyMs ?? 5_000;
  switch (outcome.kind) {
    case 'accepted':
    case 'pending':
      return outcome.retryAfterMs ?? pace;
    case 'failed':
      return Math.max(outcome.failure.retryAfterMs ?? 0, pace);
    case 'done':
      return pace;
    default:
      return never(outcome);
  }
}

function firstOf(prepared: PreparedAppend, position: number) {
  return { id: prepared.events[0]!.id, stream: prepared.stream, revision: 0, position };
}

function tooManyConflicts(patience: Patience, stream: string): Refusal {
  return patience === 'callback'
    ? new Refusal('callback_busy', 503, `${stream} is busy`, { retryAfter: 1 })
    : new Refusal('too_many_conflicts', 409, `${stream} changes too often; try again`);
}
