import type { RecordedEvent } from '#event-store';
import type { Failure } from '#kernel';
import { dutyOf, stageOfUndo, type PortfolioEvent } from '#portfolio/published';

export type StageState = 'WAITING' | 'IN_PROGRESS' | 'REQUESTED' | 'COMPLETED' | 'FAILED' | 'SKIPPED';

type UndoState =
  'DEPROVISIONING' | 'DEPROVISIONING_REQUESTED' | 'DEPROVISIONED' | 'DEPROVISION_FAILED' | 'LEFT_IN_PLACE';

/** Times are ms since the epoch. */
export interface StageDoc {
  readonly stage: string;
  readonly state: StageState;
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly location: string | null;
  readonly closesAt: number | null;
  readonly notBefore: number | null;
  readonly failure: Failure | null;
  readonly result: unknown;
  /** What became of it on the way back, and why it was left as it is or failed. */
  readonly undo: { readonly state: UndoState; readonly reason: string | null; readonly failure: Failure | null } | null;
}

export interface PortfolioDoc {
  readonly name: string;
  readonly csp: string;
  readonly plan: { readonly name: string; readonly version: number; readonly stages: readonly string[] };
  readonly advance: string;
  readonly phase:
    | 'UNSTARTED'
    | 'STARTING'
    | 'POSTPONED'
    | 'STARTED'
    | 'COMPLETED'
    | 'FAILED'
    | 'ABANDONED'
    | 'DEPROVISIONING'
    | 'DEPROVISION_FAILED'
    | 'DEPROVISIONED';
  readonly state: string;
  readonly stateSince: number;
  readonly stage: string | null;
  readonly stages: readonly StageDoc[];
  /** What is owed after completion and has begun. */
  readonly after: readonly StageDoc[];
  /** Why it may not start yet, and when the plan looks again (ms since the epoch). */
  readonly postponed: { readonly code: string; readonly message: string; readonly until: number | null } | null;
  readonly paused: { readonly reason: string; readonly since: number } | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly failedAt: number | null;
}

const newStage = (stage: string): StageDoc => ({
  stage,
  state: 'WAITING',
  attempts: 0,
  startedAt: null,
  endedAt: null,
  location: null,
  closesAt: null,
  notBefore: null,
  failure: null,
  result: null,
  undo: null,
});

/** Facts stay in the log: they hold personal data and no view shows them. */
export function foldPortfolio(doc: PortfolioDoc | undefined, recorded: RecordedEvent): PortfolioDoc | undefined {
  const event = recorded as unknown as PortfolioEvent;
  const at = recorded.metadata.time;
  if (event.type === 'PortfolioCreated') {
    const { name, csp, plan, advance } = event.data;
    return {
      name,
      csp,
      plan,
      advance,
      phase: advance === 'manual' ? 'UNSTARTED' : 'STARTING',
      state: 'UNSTARTED',
      stateSince: at,
      stage: null,
      stages: plan.stages.map(newStage),
      after: [],
      postponed: null,
      paused: null,
      createdAt: at,
      updatedAt: at,
      failedAt: null,
    };
  }
  if (doc === undefined) return undefined;
  const after = next(doc, event, at);
  return { ...after, updatedAt: at, stateSince: after.state === doc.state ? doc.stateSince : at };
}

function next(
  doc: PortfolioDoc,
  event: Exclude<PortfolioEvent, { type: 'PortfolioCreated' }>,
  at: number,
): PortfolioDoc {
  switch (event.type) {
    case 'PortfolioStarted':
      return { ...doc, phase: 'STARTED', state: 'UNSTARTED', postponed: null };
    case 'PortfolioStartPostponed': {
      const { reason, until = null } = event.data;
      return { ...doc, phase: 'POSTPONED', state: 'POSTPONED', postponed: { ...reason, until } };
    }
    case 'PortfolioPaused':
      return { ...doc, paused: { reason: event.data.reason, since: at } };
    case 'PortfolioContinued':
      return { ...doc, paused: null };
    case 'PlanMigrated':
      return migrated(doc, event.data);
    case 'StagesSetBack':
      return setBack(doc, event.data.to);
    case 'DeprovisioningRequested':
      return { ...doc, phase: 'DEPROVISIONING', state: 'DEPROVISIONING', paused: null, failedAt: null };
    case 'PortfolioDeprovisioned':
      return { ...doc, phase: 'DEPROVISIONED', state: 'DEPROVISIONED', stage: null };
    case 'FactsAmended':
    case 'TransitionTriggered':
      return doc;
    case 'StageCompletedLate':
      return completedLate(doc, event.data, at);
    case 'PortfolioCompleted':
      return { ...doc, phase: 'COMPLETED', state: 'COMPLETED', stage: null, paused: null };
    case 'PortfolioAbandoned':
      return { ...doc, phase: 'ABANDONED', state: 'ABANDONED', postponed: null, paused: null, failedAt: null };
    default:
      return ofStep(doc, event, at);
  }
}

/** It stays abandoned: only the stage shows what became of it. */
function completedLate(
  doc: PortfolioDoc,
  { step, result }: { step: string; result?: unknown },
  at: number,
): PortfolioDoc {
  const late = { ...ended, state: 'COMPLETED', endedAt: at, failure: null, result } as const;
  return { ...doc, stages: doc.stages.map((stage) => (stage.stage === step ? { ...stage, ...late } : stage)) };
}

function ofStep(doc: PortfolioDoc, event: PortfolioEvent & { data: { step: string } }, at: number): PortfolioDoc {
  const duty = dutyOf(event.data.step);
  if (duty !== undefined) return { ...doc, after: withDuty(doc.after, duty, changeOf(event, at)) };
  const undo = undoOf(event);
  if (undo) return withUndo(doc, stageOfUndo(event.data.step) ?? event.data.step, undo, at);
  const changed = withStage(doc, event.data.step, changeOf(event, at), at);
  return isBack(doc) ? { ...changed, phase: doc.phase, state: doc.state, failedAt: null } : changed;
}

const isBack = ({ phase }: PortfolioDoc): boolean => phase === 'DEPROVISIONING' || phase === 'DEPROVISION_FAILED';

function withDuty(all: readonly StageDoc[], name: string, change: StageChange): readonly StageDoc[] {
  const before = all.find(({ stage }) => stage === name) ?? newStage(name);
  const after = { ...before, ...change, startedAt: before.startedAt ?? change.startedAt ?? null };
  return [...all.filter(({ stage }) => stage !== name), after];
}

function undoOf(event: PortfolioEvent): StageDoc['undo'] | undefined {
  const { reason = null, failure = null } = event.data as { reason?: string; failure?: Failure };
  switch (event.type) {
    case 'StageDeprovisioningStarted':
    case 'StageDeprovisioningRetryScheduled':
    case 'StageDeprovisioningHandedBack':
    case 'StageDeprovisioningResumed':
      return { state: 'DEPROVISIONING', reason: null, failure };
    case 'StageDeprovisioningRequested':
      return { state: 'DEPROVISIONING_REQUESTED', reason: null, failure: null };
    case 'StageDeprovisioned':
      return { state: 'DEPROVISIONED', reason: null, failure: null };
    case 'StageDeprovisioningFailed':
      return { state: 'DEPROVISION_FAILED', reason: null, failure };
    case 'StageLeftInPlace':
      return { state: 'LEFT_IN_PLACE', reason, failure: null };
    default:
      return undefined;
  }
}

function withUndo(doc: PortfolioDoc, name: string, undo: NonNullable<StageDoc['undo']>, at: number): PortfolioDoc {
  const taken = (stage: StageDoc): StageDoc => (stage.stage === name ? { ...stage, undo } : stage);
  const [stages, after] = [doc.stages.map(taken), doc.after.map(taken)];
  const failed = undo.state === 'DEPROVISION_FAILED';
  const phase = failed ? 'DEPROVISION_FAILED' : 'DEPROVISIONING';
  return { ...doc, stages, after, stage: name, state: `${name}_${undo.state}`, phase, failedAt: failed ? at : null };
}

/** That stage and all behind it are as if they had not begun. */
function setBack(doc: PortfolioDoc, to: string): PortfolioDoc {
  const index = doc.plan.stages.indexOf(to);
  const stages = doc.stages.map((stage, place) => (place < index ? stage : newStage(stage.stage)));
  const before = stages[index - 1];
  const state = before ? `${before.stage}_${before.state}` : 'UNSTARTED';
  return { ...doc, stages, stage: before?.stage ?? null, state, phase: 'STARTED', failedAt: null };
}

/** Every stage under its name in the other version of the plan. */
function migrated(
  doc: PortfolioDoc,
  { plan, stages: map }: Pick<PortfolioDoc, 'plan'> & { stages: Record<string, string> },
): PortfolioDoc {
  const stages = plan.stages.map((name) => {
    const before = doc.stages.find(({ stage, state }) => map[stage] === name && state !== 'WAITING');
    return before ? { ...before, stage: name } : newStage(name);
  });
  const stage = doc.stage === null ? null : (map[doc.stage] ?? null);
  const shown = stages.find((one) => one.stage === stage);
  return { ...doc, plan, stages, stage, state: shown ? `${shown.stage}_${shown.state}` : doc.state };
}

type StageChange = Partial<StageDoc> & { readonly state: StageState };
const inProgress = { state: 'IN_PROGRESS', endedAt: null, location: null, closesAt: null, notBefore: null } as const;
const ended = { location: null, closesAt: null, notBefore: null } as const;

function changeOf(event: PortfolioEvent & { data: { step: string } }, at: number): StageChange {
  const data = event.data as unknown as Record<string, never>;
  switch (event.type) {
    case 'StageStarted':
      return { ...inProgress, attempts: data['attempt']!, startedAt: at };
    case 'ProvisioningRequested':
      return { state: 'REQUESTED', location: data['location'] ?? null, closesAt: data['closesAt'] ?? null };
    case 'StageOverdue':
      return { state: 'REQUESTED' };
    case 'StageRetryScheduled':
      return { ...inProgress, notBefore: data['notBefore']!, failure: data['failure']! };
    case 'StageCompleted':
      return { ...ended, state: 'COMPLETED', endedAt: at, failure: null, result: data['result'] };
    case 'StageFailed':
      return { ...ended, state: 'FAILED', endedAt: at, failure: data['failure']! };
    case 'StageSkipped':
      return { ...ended, state: 'SKIPPED', endedAt: at, failure: null, result: data['result'] ?? null };
    case 'StageHandedBack':
    case 'StageResumed':
      return inProgress;
    default:
      throw new Error(`portfolios do not know ${event.type}`);
  }
}

function withStage(doc: PortfolioDoc, name: string, change: StageChange, at: number): PortfolioDoc {
  const stages = doc.stages.map((stage) =>
    stage.stage === name ? { ...stage, ...change, startedAt: stage.startedAt ?? change.startedAt ?? null } : stage,
  );
  const failed = change.state === 'FAILED';
  return {
    ...doc,
    stages,
    stage: name,
    state: `${name}_${change.state}`,
    phase: failed ? 'FAILED' : doc.phase === 'ABANDONED' ? 'ABANDONED' : 'STARTED',
    failedAt: failed ? at : null,
  };
}
