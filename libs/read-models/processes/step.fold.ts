import { sameJson, type Failure } from '#kernel';
import { failureShows, STEP_EVENTS, STEP_STATE_BY_EVENT, STEP_STATES, type StepState } from '#workflow/published';
import { newStep, type ProcessDoc, type StepDoc } from './process.doc.js';

/** Events of steps, whichever they are: each has some of these. */
export interface AnyStepEvent {
  readonly type: string;
  readonly data: {
    readonly step: string;
    readonly attempt?: number;
    readonly failure?: Failure;
    readonly result?: unknown;
    readonly input?: unknown;
    readonly assignee?: string;
    readonly reason?: string;
    readonly progress?: unknown;
  };
}

const KEPT_FAILURES = 50;
/** What a person does to a step. */
const BY_PEOPLE = new Set(['StepResumed', 'StepSkipped', 'InputGiven']);
const OVER: readonly StepState[] = ['done', 'passed', 'skipped'];

/** Steps that a for-each makes are not pinned: they appear when they start. */
export function withStep(doc: ProcessDoc, event: AnyStepEvent, at: number, actor: string): void {
  const { type, data } = event;
  const key = doc.renamed[data.step] ?? data.step;
  let step = doc.steps.find((each) => each.key === key);
  if (step === undefined) doc.steps.push((step = newStep(key, key)));
  // The late success of a step that was passed over: it stays that (docs/adr/0066).
  if (step.status === STEP_STATES.skipped.row && type === STEP_EVENTS.completed) return;
  doc.lastStep = step.name;
  if (type === 'StepProgressed') step.progress = data.progress;
  else {
    const state = STEP_STATE_BY_EVENT.get(type);
    if (state === undefined) throw new Error(`processes do not know ${type}`);
    moved(doc, step, state, event, at);
    if (BY_PEOPLE.has(type)) step.by = actor;
  }
}

function moved(doc: ProcessDoc, step: StepDoc, state: StepState, { type, data }: AnyStepEvent, at: number): void {
  const over = OVER.includes(state);
  step.status = STEP_STATES[state].row;
  step.shows = over
    ? undefined
    : data.failure && state === 'failed'
      ? failureShows(doc.started.isTask, data.failure).shows
      : STEP_STATES[state].shows;
  if (state === 'intended') [step.attempts, step.started] = [data.attempt ?? 0, step.started ?? at];
  if (state === 'suspended') [step.started, step.assignee] = [at, data.assignee];
  if (state === 'sleeping') step.started = at;
  if (data.failure !== undefined) counted(step, data.failure, at);
  step.completed = over || state === 'failed' ? at : undefined;
  if (state === 'skipped') step.reason = data.reason;
  if (!over) return;
  step.failure = undefined;
  step.progress = undefined;
  step.order = ++doc.completions;
  step.deep = type === 'InputGiven' || undefined;
  step.delta = data.result ?? data.input ?? undefined;
}

/** Identical failures are one entry that counts; each attempt is an event of its own all the same. */
function counted(step: StepDoc, failure: Failure, at: number): void {
  step.failure = failure;
  const failures = (step.failures ??= []);
  const last = failures.at(-1);
  if (last && sameJson(said(last.failure), said(failure))) {
    last.count++;
    last.last = at;
    return;
  }
  failures.push({ failure, count: 1, first: at, last: at });
  if (failures.length > KEPT_FAILURES) failures.shift();
}

const said = ({ kind, code, message }: Failure) => ({ kind, code, message });
