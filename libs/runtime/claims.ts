import type { Clock, DomainEvent, Owed, Run } from '#kernel';
import type { Effect } from './effects.js';
import type { Slots } from './slots.js';

/** An attempt that this process takes on: its slot is held, its intent is about to be recorded. */
export interface Claim {
  readonly run: Run;
  readonly effect: Effect;
  readonly until: number;
  readonly deadline: number | undefined;
  readonly tokenKey: string;
}

/** What of an instance is under way here. */
export interface UnderWay {
  /** Attempts of this process: rarely more than one, so a list is searched faster than an index is kept. */
  readonly running: Run[];
  /** Reads that brought nothing new, and when they are due again. */
  readonly again: { readonly run: Run; readonly at: number }[];
}

export const sameRun = (a: Run, b: Run): boolean => a.key === b.key && a.effect === b.effect;
export const isRunning = (at: UnderWay, run: Run): boolean => at.running.some((each) => sameRun(each, run));

/** Notes when a read is due again. */
export function readAgain(at: UnderWay, run: Run, time: number): void {
  const known = at.again.findIndex((each) => sameRun(each.run, run));
  at.again.splice(known < 0 ? at.again.length : known, 1, { run, at: time });
}

const LONGEST_ATTEMPT_MS = 60_000;

/** Decides which owed runs begin now: due, not under way here, not another living owner's, and with a free slot. */
export class Claims {
  constructor(
    private readonly owner: string,
    private readonly effects: ReadonlyMap<string, Effect>,
    private readonly slots: Slots,
    private readonly clock: Clock,
    private readonly tokenKey: () => string,
    private readonly othersDead: boolean,
    private readonly mayPoll: () => boolean,
    private readonly missing: (stream: string, effect: string) => void,
  ) {}

  /** Takes at most `most` slots and adds the intents to `events`. */
  take(stream: string, owed: readonly Owed[], at: UnderWay, events: DomainEvent[], most = Infinity): Claim[] {
    const claims: Claim[] = [];
    const now = this.clock.now();
    for (const run of owed) {
      if (claims.length >= most) break;
      if (run.kind !== 'run' || isRunning(at, run) || !this.mine(run) || this.notBefore(at, run) > now) continue;
      const effect = this.effects.get(run.effect);
      if (effect === undefined) this.missing(stream, run.effect);
      else if (!this.slots.take(run.effect)) this.slots.wait(run.effect, stream);
      else claims.push(this.claim(run, effect, at, events, now));
    }
    return claims;
  }

  private claim(run: Run, effect: Effect, at: UnderWay, events: DomainEvent[], now: number): Claim {
    const until = now + Math.min(effect.attemptMs ?? 10_000, LONGEST_ATTEMPT_MS);
    const deadline = run.deadline ?? (run.deadlineMs === undefined ? undefined : now + run.deadlineMs);
    const tokenKey = run.tokenKey ?? this.tokenKey();
    if (run.intent) events.push(run.intent({ owner: this.owner, until, time: now, tokenKey, deadline }));
    at.running.push(run);
    return { run, effect, until, deadline, tokenKey };
  }

  /** An attempt that its owner no longer runs is free at once: the owner is dead, as the free directory lock proved. */
  notBefore(at: UnderWay, run: Run): number {
    if (this.othersDead && run.owner !== undefined && run.owner !== this.owner) return 0;
    const again = at.again.find((each) => sameRun(each.run, run));
    return again === undefined ? run.notBefore : Math.max(run.notBefore, again.at);
  }

  /** Of several workers one polls. */
  mine(run: Run): boolean {
    return run.intent !== undefined || this.mayPoll();
  }

  /** False when it owes an effect that is not in this process's code. */
  knows(owed: readonly Owed[]): boolean {
    return owed.every((item) => item.kind === 'wait' || this.effects.has(item.effect));
  }

  waits(stream: string, run: Run): boolean {
    return this.slots.isWaiting(run.effect, stream);
  }

  giveBack(at: UnderWay, run: Run): void {
    const index = at.running.findIndex((each) => sameRun(each, run));
    if (index < 0) return;
    at.running.splice(index, 1);
    this.slots.release(run.effect);
  }
}
