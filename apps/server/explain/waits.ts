import type { Owed } from '#kernel';
import { stepOf, type Request } from '#runtime';
import type { ProcessState } from '#workflow';
import type { PortfolioState } from '#portfolio';

type StatusIn<S> = S extends { readonly status: infer T } ? T : never;
type Rows<S> = S extends { readonly requests: readonly (infer R)[] } ? R : never;
type Undo<S> = S extends { readonly undone: Readonly<Record<string, infer R>> } ? R : never;
/** What has become of a step, as far as it says what is waited for. Times are ms since the epoch. */
export type RowStatus = Request['status'] | StatusIn<NonNullable<Rows<ProcessState>>> | StatusIn<Undo<PortfolioState>>;
export interface Row {
  readonly step?: string;
  readonly status: RowStatus;
  readonly assignee?: string | undefined;
}

interface Meaning {
  /** Whose turn it is: ours by itself, a system outside, or a person. */
  readonly on: 'engine' | 'outside' | 'people';
  /** What is waited for, and what happens then or when the time is over. */
  readonly means: string;
  readonly next: string;
}

/** Everything an instance can wait for. One table for the answer, its schema and the tests. */
export const WAITS = {
  attempt: { on: 'engine', means: 'the next attempt is about to begin', next: 'a worker begins it' },
  planned: { on: 'engine', means: 'its time has not come', next: 'a worker begins it when it is due' },
  under_way: {
    on: 'outside',
    means: 'an attempt is under way',
    next: 'it is answered; else its outcome is unknown and it is asked about, repeated, or shown to an operator',
  },
  retry: { on: 'engine', means: 'the last attempt failed', next: 'the next attempt begins' },
  poll: { on: 'engine', means: 'the other side has taken the request', next: 'it is asked how the request stands' },
  answer: {
    on: 'outside',
    means: 'the other side has taken the request and owes its answer',
    next: 'without an answer the deadline passes: it is asked about, tried again, or fails, as its policy says',
  },
  probe: { on: 'engine', means: 'the answer is overdue', next: 'the other side is asked how the request stands' },
  late_answer: { on: 'people', means: 'the answer is overdue', next: 'it comes after all, or an operator decides' },
  form: { on: 'people', means: 'a form waits for its answer', next: 'somebody gives it' },
  time: { on: 'engine', means: 'it sleeps', next: 'it goes on' },
  start: { on: 'people', means: 'it has not begun', next: 'its first transition is triggered' },
  start_condition: { on: 'outside', means: 'it may not start yet', next: 'the plan looks again, or facts are amended' },
  trigger: { on: 'people', means: 'it goes on by hand', next: 'somebody triggers the next transition' },
  continue: { on: 'people', means: 'it is paused', next: 'somebody continues it' },
  csp: { on: 'people', means: 'its CSP is paused', next: 'somebody continues the CSP' },
  engine: { on: 'people', means: 'the engine is paused', next: 'somebody continues the engine' },
  operator: { on: 'people', means: 'it has failed', next: 'an operator chooses one of the commands' },
  definition: {
    on: 'people',
    means: 'no code here knows its definition or one of its events',
    next: 'it goes on by itself when the code is back',
  },
} as const satisfies Readonly<Record<string, Meaning>>;
export type WaitsFor = keyof typeof WAITS;

/** One thing that is waited for. `due`: when what is `next` happens by itself, ms since the epoch; null when no time brings it. */
export interface Waiting {
  readonly for: WaitsFor;
  readonly step: string | null;
  readonly due: number | null;
}

type RunMeans = Readonly<Partial<Record<RowStatus, WaitsFor>>>;
/** A run that is owed, by what has become of its step; `attempt` where nothing has, `planned` where it has a time. */
const BY_RUN: RunMeans = { intended: 'under_way', retrying: 'retry', accepted: 'poll', overdue: 'probe' };
const BY_WAIT: RunMeans = {
  intended: 'under_way',
  accepted: 'answer',
  overdue: 'late_answer',
  suspended: 'form',
  sleeping: 'time',
};
/** Waits that belong to no request. */
const BY_KEY: Readonly<Record<string, WaitsFor>> = { start: 'start', trigger: 'trigger', continue: 'continue' };
const OPERATOR = '/operator';

/** Step of a key: without generation, and without the mark of a wait for an operator. Undefined for what is no step's. */
export function stepOfKey(key: string): string | undefined {
  const bare = key.endsWith(OPERATOR) ? key.slice(0, -OPERATOR.length) : key;
  if (/\/\d+$/.test(bare)) return stepOf(bare);
  return bare === key ? undefined : bare;
}

/** What an item of `next` means for people. `rowAt`: what has become of a step. Pure. */
export function waitingFor(item: Owed, rowAt: (step: string) => Row | undefined): Waiting {
  const step = stepOfKey(item.key) ?? null;
  const status = step === null ? undefined : rowAt(step)?.status;
  if (item.kind === 'run') {
    const due = status === 'intended' ? (item.until ?? item.notBefore) : item.notBefore;
    const begins = due === 0 ? 'attempt' : 'planned';
    return { for: (status && BY_RUN[status]) ?? begins, step, due: due === 0 ? null : due };
  }
  const meant = step === null ? BY_KEY[item.key] : status && BY_WAIT[status];
  return { for: meant ?? 'operator', step, due: item.until ?? null };
}
