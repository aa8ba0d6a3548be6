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
import {
  categoryOf,
  EventTooLarge,
  revision,
  StoreError,
  WrongExpectedRevision,
  type Appended,
  type PreparedAppend,
} from '#event-store';
import type { Alarms } from './alarms.js';
import { attempt } from './attempt.js';
import { Claims, isRunning, readAgain, type Claim, type UnderWay } from './claims.js';
import { foldStream } from './instance.js';
import type { Hold } from './hold.js';
import { answer, cutShort, NOBODY, ownContext, tooManyConflicts, type Job } from './job.js';
import { Mailboxes, type Held, type Mailbox, type Post } from './mailboxes.js';
import type { RuntimeOptions } from './options.js';
import { readAgainMs } from './outcome.js';
import type { AnyDecider, Dispatched } from './runtime.types.js';
import { after, pause, Writer } from './writer.js';

interface Plan {
  /** Of these the first `decided` come from the commands, the others are intents of `claims`. */
  readonly events: readonly DomainEvent[];
  readonly decided: number;
  readonly claims: readonly Claim[];
  /** After all of them. */
  readonly state: unknown;
  readonly owed: readonly Owed[];
}

/** An append on its way. */
interface Sent {
  readonly context: CommandContext;
  readonly prepared: PreparedAppend;
  readonly time: number;
  readonly answer: Promise<Appended>;
}

const CONFLICT_TRIES = 5;
const CALLBACK_MS = 3_000;
const NOTHING: readonly Owed[] = [];
const NO_CLAIMS: readonly Claim[] = [];

/**
 * Carries one instance from command to append to effect and back (DESIGN 2). One mailbox per instance: one command, one append, in turn,
 * on held state.
 */
export class Driver {
  readonly mail: Mailboxes;
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
    const { log, clock } = options;
    this.writer = new Writer({ log, clock, gone: () => this.gone });
    this.mail = new Mailboxes(
      (stream) => this.deciderOf(stream),
      (box, post) => this.handle(box, post),
    );
  }

  post(stream: string, job: Job): Promise<Dispatched> {
    return new Promise((resolve, reject) => this.mail.post(stream, job, resolve, reject));
  }

  deciderOf(stream: string): AnyDecider {
    const decider = this.deciders.get(categoryOf(stream));
    if (decider === undefined) throw new Refusal('not_found', 404, `there is no stream ${stream}`);
    return decider;
  }

  private handle(box: Mailbox, post: Post): void {
    post.began = this.options.clock.now();
    if (post.job.ended && box.held) this.claims.giveBack(box.held, post.job.ended);
    this.tryOnce(box, post);
  }

  private tryOnce(box: Mailbox, post: Post): void {
    this.decideAndAppend(box, post.asked).then(
      (dispatched) => {
        this.settle(box);
        post.done?.(dispatched);
        this.mail.next(box);
      },
      (error: unknown) => this.tryAgain(box, post, error),
    );
  }

  /** Again on conflict, and on a store that cannot, for as long as the sender is patient. */
  private async tryAgain(box: Mailbox, post: Post, error: unknown): Promise<void> {
    try {
      const { job } = post;
      if (post.asked === job && error instanceof EventTooLarge) post.asked = cutShort(job);
      else if (!(await this.mayTryAgain(box, post, error)))
        throw error instanceof WrongExpectedRevision ? tooManyConflicts(job.patience, box.stream) : error;
      post.tries++;
    } catch (final) {
      this.settle(box);
      post.failed(final);
      this.mail.next(box);
      return;
    }
    this.tryOnce(box, post);
  }

  private async mayTryAgain(box: Mailbox, { job, tries, began }: Post, error: unknown): Promise<boolean> {
    const { patience } = job;
    const { clock } = this.options;
    if (error instanceof WrongExpectedRevision) {
      const waited = clock.now() - began;
      if (box.held) await this.reload(box, box.held);
      return patience === 'machine' || (patience === 'people' ? tries < CONFLICT_TRIES : waited < CALLBACK_MS);
    }
    const passing = error instanceof StoreError && (error.code === 'disk_full' || error.code === 'store_unavailable');
    if (!passing || patience !== 'machine') return false;
    await pause(clock, Math.min(100 * 2 ** Math.min(tries, 6), 5_000));
    return true;
  }

  private async decideAndAppend(box: Mailbox, job: Job): Promise<Dispatched> {
    if (this.gone) throw new Refusal('shutting_down', 503, 'this process is shutting down');
    const known = box.held;
    const held = known ?? (await this.load(box));
    // What was read just now is up to date.
    if (known && (job.context || job.fresh) && !this.options.othersDead) await this.catchUp(box, known);
    const before = job.context && held.folded.seen.get(job.context.commandId);
    if (before !== undefined) return answer(box.stream, held.folded, [], true, before);
    const plan = this.decide(box, held, job);
    const { events, decided, claims } = plan;
    if (events.length > 0) {
      try {
        const { log } = this.options;
        if (log.hasPersonal(box.stream, events)) await log.ensureKeys(box.stream, events);
        const sent = this.send(box, held, job, plan);
        this.written(held, plan, sent, (await sent.answer).position);
      } catch (error) {
        for (const claim of claims) this.claims.giveBack(held, claim.run);
        const fewer = fewerIntents(error, plan);
        if (fewer === undefined) throw error;
        return await this.decideAndAppend(box, { ...job, most: fewer });
      }
    }
    for (const claim of claims) this.begin(box, held, claim);
    return answer(box.stream, held.folded, decided === events.length ? events : events.slice(0, decided), false);
  }

  private send({ stream }: Mailbox, { folded }: Held, job: Job, { events, owed }: Plan): Sent {
    const time = this.options.clock.now();
    const context = job.context ?? ownContext(folded, job);
    const prepared = this.writer.prepare(stream, folded, context, events, owed, this.goesOn(owed), time);
    return { context, prepared, time, answer: this.writer.write(prepared) };
  }

  private written(held: Held, { state, owed, events }: Plan, sent: Sent, position: number): void {
    const { clock, observe } = this.options;
    observe?.appended?.(clock.now() - sent.time, events.length);
    held.folded = after(held.folded, sent.prepared, sent.context, state, position);
    held.owed = owed;
  }

  /** What one append will hold: what the commands decide, and the intents of what may begin then. Effects leave only after it (law 1). */
  private decide({ stream, decider }: Mailbox, held: Held, job: Job): Plan {
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

  private async load(box: Mailbox): Promise<Held> {
    const folded = await foldStream(this.options.log, box.decider, box.stream);
    box.held = { folded, owed: owedBy(box.decider, folded.state), running: [], again: [] };
    return box.held;
  }

  private async reload({ stream, decider }: Mailbox, held: Held): Promise<void> {
    held.folded = await foldStream(this.options.log, decider, stream);
    held.owed = owedBy(decider, held.folded.state);
  }

  /** Before a command from outside is refused or met with silence: others may have written since the state was held. */
  private async catchUp(box: Mailbox, held: Held): Promise<void> {
    const from = revision(held.folded.head.revision + 1);
    const page = await this.options.log.store.readStream(box.stream, { from, limit: 1 });
    if (page.events.length > 0) await this.reload(box, held);
  }

  private begin({ stream }: Mailbox, held: Held, claim: Claim): void {
    const { clock, tokens, observe } = this.options;
    const { run, effect } = claim;
    const began = clock.now();
    const flow = held.folded.flow ?? NOBODY;
    this.attempts++;
    attempt(clock, claim, stream, flow, tokens, (outcome) => {
      this.attempts--;
      observe?.effect?.(effect.name, outcome, clock.now() - began, { stream, run, flow });
      if (!this.gone) this.outcome(stream, held, run, outcome);
    });
  }

  private outcome(stream: string, held: UnderWay, run: Run, outcome: Outcome): void {
    const { clock, ids, observe } = this.options;
    const time = clock.now();
    if (run.intent === undefined) readAgain(held, run, time + readAgainMs(run, outcome));
    const jitter = ids.random();
    const command: Driving = { type: 'Outcome', key: run.key, attempt: run.attempt, outcome, time, jitter };
    const job: Job = { commands: () => [command], patience: 'machine', ended: run };
    this.mail.post(stream, job, undefined, (error) => {
      if (!isRefusal(error) || !this.gone) observe?.stuck?.(stream, error);
    });
  }

  /** Not for a run that waits for a slot: it is woken when one is free. One whose effect is not here is left to the worklist (law 8). */
  private lookAgain(stream: string, item: Owed): boolean {
    return this.mayBegin() && this.claims.knows([item]) && !(item.kind === 'run' && this.claims.waits(stream, item));
  }

  /** After a command: arms the instance's alarm, drops the instance when only waits are left, lets others have free slots. */
  private settle(box: Mailbox): void {
    const { stream, held, posts } = box;
    if (held === undefined || this.gone) return;
    if (this.options.worker === false) {
      if (posts.length === 1) box.held = undefined;
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
    if (!active && posts.length === 1) box.held = undefined;
    this.freed();
  }
}

/** What fell due while the store took its time was neither begun nor decided with that append. */
const LOOK_AGAIN_MS = 1_000;

const owedBy = (decider: AnyDecider, state: unknown): readonly Owed[] => decider.next?.(state) ?? NOTHING;

/** Intents that make an append too large follow in later ones; undefined where leaving them out does not help. */
function fewerIntents(error: unknown, { claims, decided }: Plan): number | undefined {
  const useless = claims.length === 0 || (claims.length === 1 && decided === 0);
  return error instanceof EventTooLarge && !useless ? Math.floor(claims.length / 2) : undefined;
}
