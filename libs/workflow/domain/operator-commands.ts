import { Refusal, sameJson, type Fault } from '#kernel';
import { mayHaveTakenEffect } from '#runtime';
import {
  type AbortProcess,
  type CompensateProcess,
  type HideProcess,
  type ProcessEvent,
  type ResumeProcess,
  type SetNote,
  type SetValue,
  type SkipStep,
} from '../published/index.js';
import { leafAt, stepAt, type Compiled } from './compiled.js';
import { inputFaults, type FormFault } from './form.js';
import { pointerParts, setAt } from '../published/process.values.js';
import {
  allRows,
  hasEnded,
  isDuty,
  isLeft,
  isRequest,
  isUndo,
  pathNow,
  rowAt,
  type Row,
  type StartedProcess,
} from './process.state.js';
import { legalCommands } from './process.status.js';
import { pick, type StepInput } from './step-input.js';
import { toUndo, undoable } from './undo.js';
import { Walk } from './walk.js';

type Events = readonly ProcessEvent[];
type Suspended = Row & { status: 'suspended' };

export const unfit = (state: StartedProcess, what: string): Refusal =>
  new Refusal('invalid_process_status', 409, `a process that is ${state.status} cannot be ${what}`, {
    state: state.status,
    commands: legalCommands(state),
  });

export const byPointer = ({ loc, msg }: FormFault) => ({
  pointer: loc.map((part) => `/${part}`).join(''),
  message: msg,
});

const invalid = (detail: string, pointer: string, message: string): Refusal =>
  new Refusal('validation_failed', 400, detail, {}, [{ pointer, message }]);

const who = (by: string | undefined) => by !== undefined && { by };

/** The form that waits: the one that is named, else the first. */
export function waitingForm(state: StartedProcess, step?: string): Suspended | undefined {
  const forms = allRows(state).filter(
    (row): row is Suspended => row.status === 'suspended' && !isLeft(state, row.step),
  );
  return step === undefined ? forms[0] : forms.find((form) => form.step === step);
}

export function resume(command: ResumeProcess, state: StartedProcess, compiled: Compiled): Events {
  const form = hasEnded(state) ? undefined : waitingForm(state, command.step);
  const again = dueAgain(state).filter(({ step }) => command.step === undefined || step === command.step);
  if (form !== undefined && (command.input !== undefined || again.length === 0))
    return answered(command, form, compiled);
  if (again.length === 0 && state.status === 'resumed') return [];
  if (again.length === 0) throw unfit(state, 'resumed');
  if (Object.keys(command.input ?? {}).length > 0)
    throw invalid('this process waits for no answers', '/input', 'must be empty');
  return again.flatMap((row) => madeDue(row, command, state, compiled));
}

function answered({ input = {}, by, time }: ResumeProcess, { step }: Suspended, compiled: Compiled): Events {
  const faults = inputFaults(leafAt(compiled, step)?.node.adds, input);
  if (faults.length > 0)
    throw new Refusal('validation_failed', 400, `this is no answer of ${step}`, {}, faults.map(byPointer));
  return [{ type: 'InputGiven', data: { step, input, ...who(by), time } }];
}

/** What an operator's resume makes due: of an ended process, and of one that is undone, what it owes beside its steps. */
function dueAgain(state: StartedProcess): readonly Row[] {
  const duties = Object.values(state.duties);
  const only = hasEnded(state) || state.rare?.undoing !== undefined;
  const all = only ? duties : [...allRows(state).filter(({ step }) => !isLeft(state, step)), ...duties];
  const failed = all.filter(({ status }) => status === 'failed' || status === 'retrying');
  return failed.length > 0
    ? failed
    : all.filter(({ status }) => status === 'sleeping' || status === 'accepted' || status === 'overdue');
}

function madeDue(row: Row, { by, time }: ResumeProcess, state: StartedProcess, compiled: Compiled): Events {
  const { step } = row;
  if (row.status === 'sleeping') return [{ type: 'StepWoken', data: { step, ...who(by), time } }];
  const node = stepAt(compiled, pathNow(state, step))?.node;
  const resumed = {
    type: 'StepResumed',
    data: { step, ...changedInput(row, state, compiled), ...who(by), time },
  } as const;
  if (node?.restartsAt === undefined || row.status !== 'failed') return [resumed];
  const now = pathNow(state, step);
  const from = now.slice(0, now.lastIndexOf('/') + 1) + node.restartsAt;
  return [{ type: 'StepResumed', data: { step: from, ...who(by), time } }, resumed];
}

/** Law 2: where an operator has changed what the step reads, it is another request. A child that may still run goes on with what it was given. */
function changedInput(row: Row, state: StartedProcess, compiled: Compiled) {
  if (state.rare?.edited !== true || !isRequest(row) || row.input === undefined) return {};
  const reached = new Walk(compiled, state).reached.find(({ at }) => at.path === pathNow(state, row.step));
  const node = stepAt(compiled, pathNow(state, row.step))?.node;
  if (reached === undefined || node === undefined || node.child === true) return {};
  return sameJson(pick(reached.at.data, node.reads), (row.input as StepInput).state) ? {} : { changedInput: true };
}

export function abort({ reason, by, time }: AbortProcess, state: StartedProcess): Events {
  if (state.status === 'aborted') return [];
  if (hasEnded(state)) throw unfit(state, 'aborted');
  return [{ type: 'ProcessAborted', data: { ...(reason !== undefined && { reason }), ...who(by), time } }];
}

const SKIPPABLE: readonly Row['status'][] = ['failed', 'retrying', 'accepted', 'overdue'];

/** A step that a child does is passed over when the child has failed it: a child that may still run would go on for nobody. */
function isSkippable(row: Row, state: StartedProcess, compiled: Compiled): boolean {
  const { step, status } = row;
  if (!SKIPPABLE.includes(status) || (isDuty(step) && !isUndo(step))) return false;
  if (stepAt(compiled, pathNow(state, step))?.node.child !== true) return true;
  return status === 'failed' && !mayHaveTakenEffect(row.failure);
}

export function skip({ step, reason, result, by, time }: SkipStep, state: StartedProcess, compiled: Compiled): Events {
  const row = rowAt(state, step);
  if (row?.status === 'skipped') return [];
  if (hasEnded(state) && !isUndo(step)) throw unfit(state, 'changed');
  if (row === undefined || !isSkippable(row, state, compiled))
    throw new Refusal('step_not_skippable', 409, `step ${step} has neither failed nor waits, or a child does it`, {
      state: row?.status ?? 'pending',
      steps: allRows(state).flatMap((each) => (isSkippable(each, state, compiled) ? each.step : [])),
    });
  const leaf = isUndo(step) ? undefined : leafAt(compiled, pathNow(state, step));
  const fault = leaf?.check(result ?? {});
  if (fault !== undefined)
    throw new Refusal('validation_failed', 400, fault.message, {}, (fault.fields ?? []).map(inResult));
  const given = { ...(result && { result }), ...who(by) };
  return [{ type: 'StepSkipped', data: { step, because: 'operator', reason, ...given, time } }];
}

const inResult = ({ pointer, message }: Fault): Fault => ({ pointer: `/result${pointer}`, message });

export function setValue({ path, value, reason, by, time }: SetValue, state: StartedProcess): Events {
  if (hasEnded(state)) throw unfit(state, 'changed');
  const parts = pointerParts(path);
  if (parts === undefined)
    throw invalid('this is no JSON pointer to a value', '/path', 'must be a JSON pointer (RFC 6901)');
  if (value === undefined) throw invalid('there is no value', '/value', 'must be given');
  const data = setAt(state.data, parts, value);
  if (data === undefined)
    throw invalid(`the state has no place ${path}`, '/path', 'must lead to a place that is there');
  return sameJson(data, state.data) ? [] : [{ type: 'ValueSet', data: { path, value, reason, ...who(by), time } }];
}

export function compensate(
  { step, reason, by, time }: CompensateProcess,
  state: StartedProcess,
  compiled: Compiled,
): Events {
  const undoing = state.rare?.undoing;
  if (undoing !== undefined && !hasEnded(state)) return [];
  if (!legalCommands(state).includes('compensate')) throw unfit(state, 'undone');
  // One after the other: the claim is let go when what is being undone is, and the next would make it forgotten.
  if (undoing !== undefined && toUndo(compiled, state).length > 0) {
    if (undoing.step === undefined || undoing.step === step) return [];
    throw unfit(state, `undone while step ${undoing.step} is`);
  }
  const steps = undoable(compiled, state).map((each) => each.step);
  if (step === undefined ? steps.length === 0 : !steps.includes(step))
    throw new Refusal('nothing_to_compensate', 409, 'nothing is done that can be undone', {
      state: state.status,
      steps,
    });
  const given = { ...(step !== undefined && { step }), ...(reason !== undefined && { reason }), ...who(by) };
  return [{ type: 'CompensationStarted', data: { ...given, time } }];
}

export function hide({ by, time }: HideProcess, state: StartedProcess): Events {
  if (!state.isTask) throw new Refusal('not_a_task', 400, 'only tasks can be deleted', { state: state.status });
  if (!hasEnded(state)) throw unfit(state, 'deleted');
  return state.rare?.hidden === true ? [] : [{ type: 'ProcessHidden', data: { ...who(by), time } }];
}

export const note = ({ note: text, by, time }: SetNote, state: StartedProcess): Events =>
  state.rare?.note === text ? [] : [{ type: 'ProcessNoteChanged', data: { note: text, ...who(by), time } }];
