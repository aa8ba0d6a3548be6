import {
  isRefusal,
  Refusal,
  type CommandContext,
  type DomainEvent,
  type Driving,
  type Outcome,
  type Owed,
  type Run,
} from '#kernel';
import { categoryOf, EventTooLarge, revision, StoreError, WrongExpectedRevision } from '#event-store';
import type { Alarms } from './alarms.js';
import { attempt } from './attempt.js';
import { Claims, isRunning, readAgain, type Claim, type UnderWay } from './claims.js';
import { foldStream, OWN_COMMAND, type Flow, type Folded } from './instance.js';
import type { Hold } from './hold.js';
import { Mailboxes } from './mailboxes.js';
import type { RuntimeOptions } from './options.js';
import { fitting, readAgainMs } from './outcome.js';
import type { AnyDecider, Dispatched, Patience } from './runtime.types.js';
import { pause, Writer } from './writer.js';

interface Held extends UnderWay {
  folded: Folded;
  /** What the state owes. */
  owed: readonly Owed[];
}

interface Plan {
  /** Of these the first `decided` come from the commands, the others are intents of `claims`. */
  readonly events: readonly DomainEvent[];
  readonly decided: number;
  readonly claims: readonly Claim[];
  /** After all of them. */
  readonly state: unknown;
  readonly owed: readonly Owed[];
}

export interface Job {
  readonly commands: (owed: readonly Owed[]) => readonly { readonly type: string }[];
  readonly context?: CommandContext;
  readonly patience: Patience;
  /** Something may have happened to the instance elsewhere: what is held is compared with the log first. */
  readonly fresh?: boolean;
  /** The attempt whose outcome this is: its slot is free from here on. */
  readonly ended?: Run;
  /** Intents that may go with this append; as many as there are when absent. */
  readonly most?: number;
}

const CONFLICT_TRIES = 5;
const CALLBACK_MS = 3_000;
const NOTHING: readonly Owed[] = [];
const NO_CLAIMS: readonly Claim[] = [];
const NOBODY: Flow = { correlationId: '', actor: 'purveyor', tenant: 'default' };

/**
 * Carries one instance from command to append to effect and back (DESIGN 2). One mailbox per instance: one command, one append, in turn,
 * on held state.
 */
export class Driver {
  readonly held = new Map<string, Held>();
  readonly mail = new Mailboxes();
  attempts = 0;
  gone = false;
  private readonly writer: Writer;

  constructor(
    private readonly options: RuntimeOptions,
    private readonly deciders: ReadonlyMap<string, AnyDecider>,
    private readonly claims: Claims,
    private readonly alarms: Alarms,
    private readonly hold: Hold,
    private readonly mayBegin: () => boolean,
    private readonly freed: () => void,
  ) {
    const { log, clock, observe } = options;
    this.writer = new Writer({ log, clock, appended: observe?.appended, gone: () => this.gone });
  }

  post(stream: string, job: Job): Promise<Dispatched> {
    return this.mail.post(stream, () => this.handle(stream, job));
  }

  deciderOf(stream: string): AnyDecider {
    const decider = this.deciders.get(categoryOf(stream));
    if (decider === undefined) throw new Refusal('not_found', 404, `there is no stream ${stream}`);
    return decider;
  }

  /** Again on conflict, and on a store that cannot, for as long as the sender is patient. */
  private async handle(stream: string, job: Job): Promise<Dispatched> {
    const began = this.options.clock.now();
    let asked = job;
    if (job.ended) this.endAttempt(stream, job.ended);
    try {
      for (let tries = 1; ; tries++) {
        if (this.gone) throw new Refusal('shutting_down', 503, 'this process is shutting down');
        try {
          return await this.decideAndAppend(stream, asked);
        } catch (error) {
          const waited = this.options.clock.now() - began;
          if (asked === job && error instanceof EventTooLarge) asked = cutShort(job);
          else if (!(await this.mayTryAgain(stream, error, job.patience, tries, waited)))
            throw error instanceof WrongExpectedRevision ? tooManyConflicts(job.patience, stream) : error;
        }
      }
    } finally {
      this.settle(stream);
    }
  }

  private async mayTryAgain(
    stream: string,
    error: unknown,
    patience: Patience,
    tries: number,
    waited: number,
  ): Promise<boolean> {
    if (error instanceof WrongExpectedRevision) {
      const held = this.held.get(stream);
      if (held) await this.reload(stream, held);
      return patience === 'machine' || (patience === 'people' ? tries < CONFLICT_TRIES : waited < CALLBACK_MS);
    }
    const passing = error instanceof StoreError && (error.code === 'disk_full' || error.code === 'store_unavailable');
    if (!passing || patience !== 'machine') return false;
    await pause(this.options.clock, Math.min(100 * 2 ** Math.min(tries, 6), 5_000));
    return true;
  }

  private async decideAndAppend(stream: string, job: Job): Promise<Dispatched> {
    const decider = this.deciderOf(stream);
    const known = this.held.get(stream);
    const held = known ?? (await this.load(stream, decider));
    // What was read just now is up to date.
    if (known && (job.context || job.fresh) && !this.options.othersDead) await this.catchUp(stream, known);
    const before = job.context && held.folded.seen.get(job.context.commandId);
    if (before !== undefined) return answer(stream, held.folded, [], true, before);
    const plan = this.decide(stream, decider, held, job);
    const { events, decided, claims } = plan;
    if (events.length > 0) {
      try {
        const context = job.context ?? ownContext(held.folded, job);
        const { state, owed } = plan;
        held.folded = await this.writer.append(stream, held.folded, context, events, state, owed, this.goesOn(owed));
        held.owed = plan.owed;
      } catch (error) {
        for (const claim of claims) this.claims.giveBack(held, claim.run);
        const fewer = fewerIntents(error, plan);
        if (fewer === undefined) throw error;
        return await this.decideAndAppend(stream, { ...job, most: fewer });
      }
    }
    for (const claim of claims) this.begin(stream, held, claim);
    return answer(stream, held.folded, decided === events.length ? events : events.slice(0, decided), false);
  }

  /** What one append will hold: what the commands decide, and the intents of what may begin then. Effects leave only after it (law 1). */
  private decide(stream: string, decider: AnyDecider, held: Held, job: Job): Plan {
    const events: DomainEvent[] = [];
    let { state } = held.folded;
    for (const command of job.commands(held.owed)) {
      for (const event of decider.decide(command, state)) {
        events.push(event);
        state = decider.evolve(state, event);
      }
    }
    const decided = events.length;
    const owed = decided === 0 ? held.owed : owedBy(decider, state);
    const claims = this.mayBegin() ? this.claims.take(stream, owed, held, events, job.most) : NO_CLAIMS;
    for (let i = decided; i < events.length; i++) state = decider.evolve(state, events[i]!);
    return { events, decided, claims, state, owed: events.length === decided ? owed : owedBy(decider, state) };
  }

  /** Said in the append where other workers would be woken by it. */
  private goesOn(owed: readonly Owed[]): boolean {
    return this.options.shared !== undefined && this.mayBegin() && this.claims.knows(owed);
  }

  private async load(stream: string, decider: AnyDecider): Promise<Held> {
    const folded = await foldStream(this.options.log, decider, stream);
    const held: Held = { folded, owed: owedBy(decider, folded.state), running: [], again: [] };
    this.held.set(stream, held);
    return held;
  }

  private async reload(stream: string, held: Held): Promise<void> {
    const decider = this.deciderOf(stream);
    held.folded = await foldStream(this.options.log, decider, stream);
    held.owed = owedBy(decider, held.folded.state);
  }

  /** Before a command from outside is refused or met with silence: others may have written since the state was held. */
  private async catchUp(stream: string, held: Held): Promise<void> {
    const page = await this.options.log.store.readStream(stream, {
      from: revision(held.folded.head.revision + 1),
      limit: 1,
    });
    if (page.events.length > 0) await this.reload(stream, held);
  }

  private begin(stream: string, held: Held, claim: Claim): void {
    const { clock, tokens, observe } = this.options;
    const { run, effect } = claim;
    const began = clock.now();
    this.attempts++;
    attempt(clock, claim, stream, held.folded.flow ?? NOBODY, tokens, (outcome) => {
      this.attempts--;
      observe?.effect?.(effect.name, outcome.kind, clock.now() - began);
      if (!this.gone) this.outcome(stream, held, run, outcome);
    });
  }

  private outcome(stream: string, held: UnderWay, run: Run, outcome: Outcome): void {
    const { clock, ids, observe } = this.options;
    const time = clock.now();
    if (run.intent === undefined) readAgain(held, run, time + readAgainMs(run, outcome));
    const command: Driving = {
      type: 'Outcome',
      key: run.key,
      attempt: run.attempt,
      outcome,
      time,
      jitter: ids.random(),
    };
    this.post(stream, { commands: () => [command], patience: 'machine', ended: run }).catch((error: unknown) => {
      if (!isRefusal(error) || !this.gone) observe?.stuck?.(stream, error);
    });
  }

  private endAttempt(stream: string, run: Run): void {
    const held = this.held.get(stream);
    if (held) this.claims.giveBack(held, run);
  }

  /** Not for a run that waits for a slot: it is woken when one is free. */
  private lookAgain(stream: string, item: Owed): boolean {
    return this.mayBegin() && !(item.kind === 'run' && this.claims.waits(stream, item));
  }

  /** After a command: arms the instance's alarm, drops the instance when only waits are left, lets others have free slots. */
  private settle(stream: string): void {
    const held = this.held.get(stream);
    if (held === undefined || this.gone) return;
    if (this.options.worker === false) {
      if (!this.mail.hasMore(stream)) this.held.delete(stream);
      return;
    }
    const now = this.options.clock.now();
    let due: number | undefined;
    let active = held.running.length > 0;
    for (const item of held.owed) {
      if (item.kind === 'run' && (isRunning(held, item) || !this.claims.mine(item))) continue;
      if (item.kind === 'run' && item.intent === undefined) active = true;
      const at = item.kind === 'run' ? this.claims.notBefore(held, item) : this.hold.dueAt(stream, item);
      if (at === undefined || (at <= now && !this.lookAgain(stream, item))) continue;
      due = Math.min(due ?? Infinity, Math.max(at, at <= now ? now + LOOK_AGAIN_MS : 0));
    }
    this.alarms.set(stream, due);
    if (!active && !this.mail.hasMore(stream)) this.held.delete(stream);
    this.freed();
  }
}

/** What fell due while the store took its time was neither begun nor decided with that append. */
const LOOK_AGAIN_MS = 1_000;

const owedBy = (decider: AnyDecider, state: unknown): readonly Owed[] => decider.next?.(state) ?? NOTHING;

function answer(
  stream: string,
  folded: Folded,
  events: readonly DomainEvent[],
  repeated: boolean,
  position = folded.position,
): Dispatched {
  return { stream, state: folded.state, revision: folded.head.revision, position, events, repeated };
}

/** What the runner decides by itself is done in the name of whoever began the flow, and caused by the last event. */
function ownContext(folded: Folded, job: Job): CommandContext {
  const commandId = job.ended ? `${OWN_COMMAND}${job.ended.key}#${job.ended.attempt}` : `${OWN_COMMAND}wake`;
  const { correlationId, actor, tenant, traceparent } = folded.flow ?? NOBODY;
  return { commandId, correlationId, causationId: folded.lastEventId, actor, tenant, traceparent };
}

/** Intents that make an append too large follow in later ones; undefined where leaving them out does not help. */
function fewerIntents(error: unknown, { claims, decided }: Plan): number | undefined {
  const useless = claims.length === 0 || (claims.length === 1 && decided === 0);
  return error instanceof EventTooLarge && !useless ? Math.floor(claims.length / 2) : undefined;
}

/** What is too large to be recorded is cut once, and is what it is then. */
const cutShort = (job: Job): Job => ({ ...job, commands: (owed) => job.commands(owed).map(fitting) });

function tooManyConflicts(patience: Patience, stream: string): Refusal {
  return patience === 'callback'
    ? new Refusal('callback_busy', 503, `${stream} is busy`, { retryAfter: 1 })
    : new Refusal('too_many_conflicts', 409, `${stream} changes too often; try again`);
}
