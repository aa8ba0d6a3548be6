import type { DutyKind, Provenance, Stage, StagePlan } from './stage-plan.js';
import type { StageCall } from './stage-call.js';
import { CHILDREN } from './children.js';
import { STAGE_STATES, UNDO_STATES } from './state-name.js';

export interface TransitionDescription {
  /** The command or outcome that moves it. */
  readonly trigger: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly event: string;
}

export interface StageDescription {
  readonly name: string;
  readonly label: string;
  readonly completion: string;
  readonly skippable: boolean;
  /** Payload fields with their provenance in words. */
  readonly payload: Readonly<Record<string, string>>;
  readonly result: readonly string[];
  /** What is asked of the CSP: `METHOD endpoint path`, names of fields in braces. */
  readonly calls: readonly string[];
  /** How it is taken back: calls, why it cannot be, or null where there is nothing to take back. */
  readonly undo: readonly string[] | string | null;
}

/** What can be owed once the portfolio is complete. */
export interface DutyDescription {
  /** Parts in braces stand for fields of its input. */
  readonly name: string;
  readonly label: string;
  readonly when: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly calls: readonly string[];
  readonly undo: StageDescription['undo'];
}

/** A stage that waits for another portfolio to be complete, and the fields of that one's results which it takes. */
export interface ParentDescription {
  readonly stage: string;
  /** The parent's CSP. */
  readonly csp: string;
  /** Each as `STAGE.field`. */
  readonly takes: readonly string[];
}

/** Fields of one stage's result that another stage reads. */
export interface FlowDescription {
  readonly from: string;
  readonly to: string;
  readonly fields: readonly string[];
}

export interface PlanDescription {
  readonly csp: string;
  readonly name: string;
  readonly version: number;
  readonly facts: unknown;
  readonly stages: readonly StageDescription[];
  readonly after: readonly DutyDescription[];
  readonly parents: readonly ParentDescription[];
  /** Older versions from which portfolios may be moved here, and what each of their stages has become. */
  readonly migrations: readonly { readonly from: number; readonly stages: Readonly<Record<string, string>> }[];
  /** Who reads whose results: stages, then duties. */
  readonly flow: readonly FlowDescription[];
  readonly states: readonly string[];
  readonly transitions: readonly TransitionDescription[];
}

/** States and transitions, generated from the plan: what GET /api/csps/{csp}/plan answers. */
export function planDescription(plan: StagePlan): PlanDescription {
  const states = plan.stages.flatMap((stage) => statesOf(stage));
  const last = plan.stages.at(-1);
  const back = wayBack(plan, states);
  const postponed = plan.start ? ['POSTPONED'] : [];
  return {
    csp: plan.csp,
    name: plan.name,
    version: plan.version,
    facts: JSON.parse(JSON.stringify(plan.facts)) as unknown,
    stages: plan.stages.map(describe),
    after: (plan.after?.kinds ?? []).map(describeDuty),
    parents: plan.stages.flatMap(parentOf),
    migrations: (plan.migrations ?? []).map(({ from, stages: map }) => ({ from, stages: map })),
    flow: [
      ...plan.stages.flatMap(({ name, payload }) => flowInto(name, payload.from)),
      ...(plan.after?.kinds ?? []).flatMap(({ name, from }) => flowInto(name, from)),
    ],
    states: ['UNSTARTED', ...postponed, ...states, 'COMPLETED', 'ABANDONED', ...back.states],
    transitions: [
      ...postponed.map((state) => move('postpone', ['UNSTARTED', state], state, 'PortfolioStartPostponed')),
      ...plan.stages.flatMap((stage, index) =>
        transitionsOf(stage, index === 0 ? ['UNSTARTED', ...postponed] : passedStates(plan.stages[index - 1]!)),
      ),
      move('complete', last ? passedStates(last) : ['UNSTARTED'], 'COMPLETED', 'PortfolioCompleted'),
      move('abandon', ['UNSTARTED', ...postponed, ...states], 'ABANDONED', 'PortfolioAbandoned'),
      ...back.transitions,
    ],
  };
}

/** Stages in reverse, as far as there is something to take back. */
function wayBack(plan: StagePlan, states: readonly string[]): Pick<PlanDescription, 'states' | 'transitions'> {
  const duties = (plan.after?.kinds ?? []).filter(({ stage }) => stage.undo !== undefined).map(({ name }) => name);
  const own = plan.stages.filter(({ undo }) => undo !== undefined).map(({ name }) => name);
  const stages = [...own, ...duties, ...(plan.hasChildren && own.length > 0 ? [CHILDREN.name] : [])];
  if (stages.length === 0) return { states: [], transitions: [] };
  const begun = ['COMPLETED', 'ABANDONED', ...states];
  return {
    states: [
      'DEPROVISIONING',
      ...stages.flatMap((name) => UNDO_STATES.map((ending) => `${name}_${ending}`)),
      'DEPROVISIONED',
    ],
    transitions: [
      move('deprovision', begun, 'DEPROVISIONING', 'DeprovisioningRequested'),
      ...stages.toReversed().flatMap(backOf),
      move('deprovisioned', passedBack(stages), 'DEPROVISIONED', 'PortfolioDeprovisioned'),
    ],
  };
}

const passedBack = (stages: readonly string[]): readonly string[] => [
  'DEPROVISIONING',
  ...stages.flatMap((name) => [`${name}_DEPROVISIONED`, `${name}_LEFT_IN_PLACE`]),
];

function backOf(name: string, index: number, stages: readonly string[]): readonly TransitionDescription[] {
  const [running, , gone, failed, left] = UNDO_STATES.map((ending) => `${name}_${ending}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const before = passedBack(stages.slice(0, index));
  return [
    move('take back', before, running, 'StageDeprovisioningStarted'),
    move('done', [running], gone, 'StageDeprovisioned'),
    move('failed', [running], failed, 'StageDeprovisioningFailed'),
    move('resume', [failed], running, 'StageDeprovisioningResumed'),
    move('leave', [...before, failed], left, 'StageLeftInPlace'),
  ];
}

const statesOf = (stage: Stage): readonly string[] =>
  STAGE_STATES.filter(
    (ending) =>
      (ending !== 'SKIPPED' || stage.skippable) &&
      (ending !== 'REQUESTED' || stage.policy.completion.kind !== 'at_once'),
  ).map((ending) => `${stage.name}_${ending}`);

const passedStates = (stage: Stage): readonly string[] =>
  statesOf(stage).filter((state) => state === `${stage.name}_COMPLETED` || state === `${stage.name}_SKIPPED`);

const move = (trigger: string, from: readonly string[], to: string, event: string): TransitionDescription => ({
  trigger,
  from,
  to,
  event,
});

function transitionsOf(stage: Stage, before: readonly string[]): readonly TransitionDescription[] {
  const [running, requested, completed, failed, skipped] = STAGE_STATES.map((ending) => `${stage.name}_${ending}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const waits = stage.policy.completion.kind !== 'at_once';
  const open = waits ? [running, requested] : [running];
  return [
    move('start', before, running, 'StageStarted'),
    ...(waits ? [move('accepted', [running], requested, 'ProvisioningRequested')] : []),
    move('retry', open, running, 'StageRetryScheduled'),
    move('done', open, completed, 'StageCompleted'),
    move('failed', open, failed, 'StageFailed'),
    move('resume', [failed], running, 'StageResumed'),
    ...(stage.skippable ? [move('skip', [...before, failed], skipped, 'StageSkipped')] : []),
  ];
}

const describe = (stage: Stage): StageDescription => ({
  name: stage.name,
  label: stage.label,
  completion: stage.policy.completion.kind,
  skippable: stage.skippable ?? false,
  payload: Object.fromEntries(Object.entries(stage.payload.from).map(([field, from]) => [field, inWords(from)])),
  result: Object.keys(stage.result.properties),
  calls: inShort(stage.calls ?? []),
  undo: stage.undo === undefined ? null : 'cannot' in stage.undo ? stage.undo.cannot : inShort(stage.undo.calls),
});

const describeDuty = ({ name, label, when, from, stage }: DutyKind): DutyDescription => ({
  name,
  label,
  when,
  payload: Object.fromEntries(Object.entries(from).map(([field, origin]) => [field, inWords(origin)])),
  calls: inShort(stage.calls ?? []),
  undo: stage.undo === undefined ? null : 'cannot' in stage.undo ? stage.undo.cannot : inShort(stage.undo.calls),
});

const parentOf = ({ name, parent }: Stage): readonly ParentDescription[] =>
  parent === undefined ? [] : [{ stage: name, csp: parent.of, takes: Object.values(parent.take) }];

/** One entry for each stage it reads, in the order of its payload. */
function flowInto(name: string, payload: Readonly<Record<string, Provenance>>): readonly FlowDescription[] {
  const read = Object.values(payload).flatMap((from) => ('stage' in from ? [from] : []));
  const sources = [...new Set(read.map((from) => from.stage))];
  return sources.map((from) => ({
    from,
    to: name,
    fields: read.filter((one) => one.stage === from).map((one) => one.field),
  }));
}

const inShort = (calls: readonly StageCall[]): readonly string[] =>
  calls.map(({ method, api, path }) => `${method} ${api} ${path}`);

function inWords(from: Provenance): string {
  if ('constant' in from) return `constant ${JSON.stringify(from.constant)}`;
  if ('start' in from) return `${from.start}, as established at the start`;
  if ('portfolio' in from)
    return `${from.portfolio} of the portfolio${from.cut ? `, at most ${from.cut} characters` : ''}`;
  if ('stage' in from) return `result ${from.field} of ${from.stage}`;
  if ('derived' in from) return `${from.derived} (from ${from.facts.map((fact) => `fact ${fact}`).join(', ')})`;
  return from.otherwise === undefined
    ? `fact ${from.fact}`
    : `fact ${from.fact}, else ${JSON.stringify(from.otherwise)}`;
}
