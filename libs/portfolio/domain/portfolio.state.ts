import type { Request } from '#runtime';
import type { Facts, Sources } from './payload.js';
import type { PlanRef } from './plan-registry.js';
import type { Reason } from './stage-plan.js';

/** A stage that an operator passed over; `before` is what had been tried. */
export interface Skipped {
  readonly status: 'skipped';
  readonly reason: string;
  readonly result: unknown;
  readonly endedAt: number;
  readonly before: Request | undefined;
}
export type StageProgress = Request | Skipped;

/** A stage that stays as it is although the portfolio is taken back. */
export interface LeftInPlace {
  readonly status: 'left';
  readonly reason: string;
}
export type Undo = Request | LeftInPlace;

interface Created {
  readonly name: string;
  readonly csp: string;
  readonly plan: PlanRef;
  readonly facts: Facts;
  /** What the start rule established; empty before the start. */
  readonly established: Facts;
  readonly advance: 'automatic' | 'manual';
  readonly createdAt: number;
  /** Index of the stage whose turn it is; the number of stages when all are behind. */
  readonly current: number;
  /** Stages that have begun, by name. Nothing is ever overwritten by another stage. */
  readonly stages: Readonly<Record<string, StageProgress>>;
  /** What was done before its stage was set back: it may still be there, and an operator may go on with it. */
  readonly before: Readonly<Record<string, StageProgress>>;
  /** What operators corrected in a stage's payload. */
  readonly corrections: Readonly<Record<string, Facts>>;
  /** Last generation of stages that were set back. */
  readonly generations: Readonly<Record<string, number>>;
  /** Nothing new is begun. */
  readonly paused: { readonly reason: string; readonly since: number } | undefined;
  /** What is owed after completion and has begun. */
  readonly duties: Readonly<Record<string, Request>>;
  /** What became of the stages on the way back. */
  readonly undone: Readonly<Record<string, Undo>>;
}

/** `released`: the current stage may run; on manual portfolios each stage waits for its trigger. */
export type PortfolioState =
  | { readonly phase: 'ABSENT' }
  | (Created & { readonly phase: 'UNSTARTED' | 'STARTING' })
  /** It may not start yet; with `until` time alone may change that. */
  | (Created & { readonly phase: 'POSTPONED'; readonly reason: Reason; readonly until: number | undefined })
  | (Created & { readonly phase: 'STARTED'; readonly startedAt: number; readonly released: boolean })
  | (Created & { readonly phase: 'FAILED'; readonly startedAt: number })
  | (Created & { readonly phase: 'COMPLETED'; readonly startedAt: number; readonly completedAt: number })
  | (Created & { readonly phase: 'ABANDONED'; readonly abandonedAt: number; readonly reason: string })
  | (Created & { readonly phase: 'DEPROVISIONING' | 'DEPROVISION_FAILED'; readonly startedAt: number })
  | (Created & { readonly phase: 'DEPROVISIONED'; readonly startedAt: number; readonly endedAt: number });

export type Phase = PortfolioState['phase'];
export type In<P extends Phase> = Extract<PortfolioState, { readonly phase: P }>;
export type Existing = Exclude<PortfolioState, { readonly phase: 'ABSENT' }>;

export const currentStage = (state: Existing): string | undefined => state.plan.stages[state.current];

/** The current stage's request, unless it was skipped or has not begun. */
export function currentRequest(state: Existing): Request | undefined {
  const progress = state.stages[currentStage(state) ?? ''];
  return progress === undefined || progress.status === 'skipped' ? undefined : progress;
}

/** The request of a stage, also of one that was passed over after it had been tried. */
export const requestOf = (state: Existing, stage: string): Request | undefined => requestIn(state.stages[stage]);

export const requestIn = (progress: StageProgress | undefined): Request | undefined =>
  progress?.status === 'skipped' ? progress.before : progress;

/** The highest generation that a stage has used: no key is ever used for a second request (law 2). */
export const lastGeneration = (state: Existing, stage: string): number =>
  Math.max(state.generations[stage] ?? 0, requestOf(state, stage)?.generation ?? 0);

/** What is known to be there of a stage: what was done, or was done before it was set back. */
export function standing(state: Existing, name: string): StageProgress | undefined {
  const now = state.stages[name];
  return now?.status === 'done' ? now : (state.before[name] ?? now);
}

/** Results by stage: of completed ones what the CSP answered, of skipped ones what the operator gave. */
export function resultsOf(state: Existing): Readonly<Record<string, unknown>> {
  const ended = Object.entries(state.stages).filter(([, { status }]) => status === 'done' || status === 'skipped');
  return Object.fromEntries(
    ended.map(([name, progress]) => [name, 'result' in progress ? progress.result : undefined]),
  );
}

/** What the payloads of this portfolio are made of. */
export const sourcesOf = (state: Existing): Sources => ({
  name: state.name,
  facts: state.facts,
  start: state.established,
  results: resultsOf(state),
});
