import { keyOf, type OfStep } from './appends.js';
import type { EffectStatus, FlowAttempt, FlowEffect, FlowPart, RequestFact } from './flow.types.js';

const STATUS: Readonly<Record<RequestFact, EffectStatus>> = {
  started: 'under_way',
  accepted: 'accepted',
  retryScheduled: 'retrying',
  completed: 'done',
  failed: 'failed',
  handedBack: 'handed_back',
  overdue: 'overdue',
  skipped: 'skipped',
};
const isEnd = (status: EffectStatus): boolean => status === 'done' || status === 'failed' || status === 'skipped';
/** After these the attempt is over, though perhaps not the request. */
const endsAttempt = (status: EffectStatus): boolean =>
  isEnd(status) || status === 'retrying' || status === 'handed_back';

type Changing<T> = { -readonly [K in keyof T]: T[K] };

/** A request while its events go by. */
export type GrowingEffect = Omit<Changing<FlowEffect>, 'attempts' | 'parts'> & {
  readonly attempts: Changing<FlowAttempt>[];
  readonly parts: FlowPart[];
};

/** The requests of a flow by key, and by step the newest one. */
export class Effects {
  private readonly byKey = new Map<string, GrowingEffect>();
  private readonly newest = new Map<string, GrowingEffect>();

  find(key: string): GrowingEffect | undefined {
    return this.byKey.get(key);
  }

  /** Of the step, whichever generation. */
  at(stream: string, { step }: OfStep): GrowingEffect | undefined {
    return this.newest.get(`${stream}/${step}`);
  }

  /** Takes in what an event says; answers the request where the event is the first of it. `time`: ms since the epoch. */
  hear(stream: string, of: OfStep, time: number): GrowingEffect | undefined {
    const key = keyOf(stream, of);
    const known = key === undefined ? this.at(stream, of) : this.byKey.get(key);
    const effect =
      known ?? (key === undefined || of.fact === undefined ? undefined : this.begin(key, stream, of, time));
    if (effect !== undefined && of.fact !== undefined) change(effect, of, STATUS[of.fact], time);
    return known === undefined ? effect : undefined;
  }

  private begin(key: string, stream: string, { step, generation = 1 }: OfStep, startedAt: number): GrowingEffect {
    const status = 'under_way';
    const times = { startedAt, endedAt: null, durationMs: null };
    const effect: GrowingEffect = { key, step, generation, status, ...times, attempts: [], parts: [] };
    this.byKey.set(key, effect);
    this.newest.set(`${stream}/${step}`, effect);
    return effect;
  }
}

function change(effect: GrowingEffect, of: OfStep, status: EffectStatus, time: number): void {
  effect.status = status;
  effect.endedAt = isEnd(status) ? time : null;
  effect.durationMs = isEnd(status) ? time - effect.startedAt : null;
  if (of.fact === 'started') effect.attempts.push(begun(of.attempt ?? effect.attempts.length + 1, time));
  else changeAttempt(effect.attempts.at(-1), of, status, time);
}

const begun = (attempt: number, startedAt: number): FlowAttempt => ({
  attempt,
  startedAt,
  acceptedAt: null,
  endedAt: null,
  durationMs: null,
  outcome: 'under_way',
  failure: null,
});

function changeAttempt(attempt: Changing<FlowAttempt> | undefined, of: OfStep, status: EffectStatus, time: number) {
  if (attempt === undefined) return;
  attempt.outcome = status;
  if (status === 'accepted') attempt.acceptedAt = time;
  if (endsAttempt(status)) {
    attempt.endedAt = time;
    attempt.durationMs = time - attempt.startedAt;
  }
  if (of.failure !== undefined) attempt.failure = failureOf(of.failure);
}

/** Its message stays behind: it is text of the other side. */
function failureOf(failure: unknown): FlowAttempt['failure'] {
  const { kind, code, status } = failure as { kind?: unknown; code?: unknown; status?: unknown };
  return { kind: textOf(kind), code: textOf(code), status: typeof status === 'number' ? status : null };
}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
