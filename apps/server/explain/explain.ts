import type { RecordedEvent } from '#event-store';
import type { Owed } from '#kernel';
import { fitting, type Fitting } from './fitting.js';
import type { Subject } from './subject.js';
import { touchedAt, triesOf, type Tries } from './tries.js';
import { waitingFor, WAITS, type Waiting } from './waits.js';

/** One wait as people see it; times are ms since the epoch. */
export interface ExplainedWait extends Waiting {
  readonly on: (typeof WAITS)[Waiting['for']]['on'];
  readonly means: string;
  readonly next: string;
  readonly since: number;
  /** Who is asked, where somebody in particular is. */
  readonly assignee: string | null;
}

export interface Explanation {
  readonly stream: string;
  readonly state: string;
  readonly revision: number;
  readonly position: number;
  /** Whether anything is waited for. */
  readonly open: boolean;
  readonly waits: readonly ExplainedWait[];
  /** Of the steps that are waited for. */
  readonly tries: readonly Tries[];
  readonly commands: readonly Fitting[];
}

/** What an explanation is made of. `owed` is undefined where no code here knows the definition (law 8). */
export interface Evidence {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly events: readonly RecordedEvent[];
  readonly owed: readonly Owed[] | undefined;
  readonly subject: Subject;
  /** Since when nothing leaves for the CSP, and since when the engine begins nothing: ms since the epoch. */
  readonly cspPausedSince: number | undefined;
  readonly enginePausedSince: number | undefined;
}

/** What an instance waits for, since when, what happens next and who can do something. Pure. */
export function explain(evidence: Evidence): Explanation {
  const { stream, revision, position, events, subject } = evidence;
  const waits = [...ownWaits(evidence), ...heldBack(evidence)];
  const steps = [...new Set(waits.flatMap(({ step }) => step ?? []))];
  return {
    stream,
    state: evidence.owed === undefined ? 'CONFIGURATION_ERROR' : subject.state,
    revision,
    position,
    open: waits.length > 0,
    waits,
    tries: steps.flatMap((step) => triesOf(events, step) ?? []),
    commands: [...subject.commands, ...releasing(evidence)],
  };
}

/** Oldest first. A failed step that a command can make due waits for an operator, although nothing is owed for it. */
function ownWaits(evidence: Evidence): readonly ExplainedWait[] {
  const { owed, subject } = evidence;
  if (owed === undefined) return [explained(evidence, { for: 'definition', step: null, due: null })];
  const found = owed.map((item) => waitingFor(item, subject.rowAt)).map((wait) => ofStart(wait, subject));
  const troubled = subject.troubled
    .filter((step) => !found.some((wait) => wait.step === step))
    .map((step): Waiting => ({ for: 'operator', step, due: null }));
  const named = found.filter(
    (wait) => wait.for !== 'operator' || troubled.length === 0 || subject.rowAt(wait.step ?? '')?.status === 'failed',
  );
  return [...named, ...troubled]
    .map((wait) => explained(evidence, wait, wait.for === 'continue' ? subject.pausedSince : undefined))
    .sort((a, b) => a.since - b.since);
}

const ofStart = (wait: Waiting, { postponed }: Subject): Waiting =>
  wait.for === 'start' && postponed === true ? { ...wait, for: 'start_condition' } : wait;

/** What keeps an instance from beginning something besides its own state; an attempt under way is not held back. */
function heldBack(evidence: Evidence): readonly ExplainedWait[] {
  const { owed = [], subject, cspPausedSince, enginePausedSince } = evidence;
  const begins = owed.some((item) => item.kind === 'run' && subject.rowAt(waitStep(item))?.status !== 'intended');
  const holds = [
    ['csp', cspPausedSince],
    ['engine', enginePausedSince],
  ] as const;
  return holds.flatMap(([what, since]) =>
    since === undefined || !begins ? [] : [explained(evidence, { for: what, step: null, due: null }, since)],
  );
}

const waitStep = (item: Owed): string => waitingFor(item, () => undefined).step ?? '';

function releasing({ owed = [], subject, cspPausedSince, enginePausedSince }: Evidence): readonly Fitting[] {
  if (!owed.some(({ kind }) => kind === 'run')) return [];
  return [
    ...(cspPausedSince !== undefined && subject.csp !== undefined ? [fitting('csp', subject.csp, 'continue')] : []),
    ...(enginePausedSince === undefined ? [] : [fitting('settings', '', 'continue-engine')]),
  ];
}

function explained({ events, subject }: Evidence, wait: Waiting, since?: number): ExplainedWait {
  const { on, means, next } = WAITS[wait.for];
  const touched = wait.step === null ? undefined : touchedAt(events, wait.step);
  return {
    ...wait,
    on,
    means,
    next,
    since: since ?? touched ?? events.at(-1)?.metadata.time ?? 0,
    assignee: (wait.step === null ? undefined : subject.rowAt(wait.step)?.assignee) ?? null,
  };
}
