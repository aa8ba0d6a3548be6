import { Refusal, type Outcome } from '#kernel';
import type { Effect, EffectCall } from '#runtime';

export interface CspLimits {
  /** Attempts under way at once in this process. */
  readonly concurrency: number;
  /** Attempts begun in a second; 0 for no limit. */
  readonly perSecond: number;
}

export const DEFAULT_LIMITS: CspLimits = { concurrency: 64, perSecond: 0 };

/** After so many failures in a row that say the CSP cannot, nobody asks for a while; then one attempt tries. */
const OPENS_AFTER = 20;
const OPEN_MS = 15_000;
/** How often whoever waits for a place looks again. */
const LOOK_MS = 20;

export interface GateStatus {
  readonly circuit: 'closed' | 'open' | 'half_open';
  /** When an open circuit lets one attempt through, ms since the epoch. */
  readonly until: number | null;
  readonly failuresInARow: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly limits: CspLimits;
}

/**
 * What one CSP is spared: too many at once, too many a second, anything at all while it is paused or does not answer. An instance that
 * may not leave keeps its place without using up an attempt: the runner is told that there is no slot.
 */
export class CspGate {
  paused = false;
  /** Told when the circuit opens, opens again, and closes. */
  onCircuit: (status: GateStatus) => void = () => undefined;
  private inFlight = 0;
  private waiting = 0;
  private failures = 0;
  private openUntil = 0;
  private begun: number[] = [];

  constructor(
    readonly limits: CspLimits = DEFAULT_LIMITS,
    private readonly now: () => number = Date.now,
  ) {}

  status(): GateStatus {
    const { inFlight, waiting, limits, failures: failuresInARow } = this;
    return { circuit: this.circuit, until: this.openUntil || null, failuresInARow, inFlight, waiting, limits };
  }

  /** The effect behind this gate. */
  guard(effect: Effect): Effect {
    const slots = () => (this.paused || this.circuit === 'open' ? 0 : Math.min(this.limits.concurrency, this.reserve));
    const run = (call: EffectCall) => this.through(effect, call);
    return {
      ...effect,
      run,
      get concurrency() {
        return slots();
      },
    };
  }

  private get circuit(): GateStatus['circuit'] {
    if (this.openUntil === 0) return 'closed';
    return this.now() < this.openUntil ? 'open' : 'half_open';
  }

  private get reserve(): number {
    return this.circuit === 'half_open' ? 1 : this.limits.concurrency;
  }

  private async through(effect: Effect, call: EffectCall): Promise<Outcome> {
    await this.enter(call.signal, (effect.attemptMs ?? 10_000) / 2);
    try {
      const outcome = await effect.run(call);
      this.learn(outcome);
      return outcome;
    } catch (error) {
      this.learn(undefined);
      throw error;
    } finally {
      this.inFlight--;
    }
  }

  /** Waits for a place for half of the attempt's time; then nothing was sent, and the attempt is tried again later. */
  private async enter(signal: AbortSignal, patienceMs: number): Promise<void> {
    const latest = this.now() + patienceMs;
    this.waiting++;
    try {
      while (!this.mayEnter()) {
        if (signal.aborted || this.now() > latest)
          throw new Refusal('unavailable', 503, 'the limits of the CSP left no place for this attempt');
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      this.inFlight++;
      this.begun.push(this.now());
    } finally {
      this.waiting--;
    }
  }

  private mayEnter(): boolean {
    const { concurrency, perSecond } = this.limits;
    const most = this.circuit === 'half_open' ? 1 : concurrency;
    if (this.inFlight >= most) return false;
    this.begun = this.begun.filter((at) => at > this.now() - 1_000);
    return perSecond === 0 || this.begun.length < perSecond;
  }

  /** A refusal is an answer; what is busy, broken or silent is none. */
  private learn(outcome: Outcome | undefined): void {
    const kind = outcome?.kind === 'failed' ? outcome.failure.kind : 'answered';
    const silent = outcome === undefined || kind === 'retryable' || kind === 'unknown';
    this.failures = silent ? this.failures + 1 : 0;
    const before = this.openUntil;
    if (!silent) this.openUntil = 0;
    else if (this.failures >= OPENS_AFTER && this.circuit !== 'open') this.openUntil = this.now() + OPEN_MS;
    if (this.openUntil !== before) this.onCircuit(this.status());
  }
}
