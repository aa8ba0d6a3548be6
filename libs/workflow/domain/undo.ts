import type { Owed } from '#kernel';
import { requestKey, type Request, type RequestEvent, type RequestPolicy } from '#runtime';
import { leafAt, stepAt, type Compiled } from './compiled.js';
import { DUTY_POLICY } from './duties.js';
import { requests } from './process.evolve.js';
import {
  everyRequest,
  isDone,
  isLeft,
  pathNow,
  undoOf,
  type ProcessCommon,
  type StartedProcess,
} from './process.state.js';
import { legalCommands } from './process.status.js';
import { delayed, quietAt } from './quiet.js';
import { STEP_EFFECT, whereItIs, type StepInput } from './step-input.js';

type Done = Request & { readonly status: 'done' };

/** Steps that are done and know how to be undone, last first. */
export function undoable(compiled: Compiled, state: ProcessCommon): readonly Done[] {
  const order = ({ step }: Done) => leafAt(compiled, pathNow(state, step))?.order ?? 0;
  return everyRequest(state)
    .filter((row): row is Done => row.status === 'done' && canBeUndone(compiled, state, row))
    .sort((a, b) => b.endedAt - a.endedAt || order(b) - order(a));
}

function canBeUndone(compiled: Compiled, state: ProcessCommon, { step }: Request): boolean {
  const undone = state.duties[undoOf(step)];
  return stepAt(compiled, pathNow(state, step))?.node.compensate !== undefined && !(undone && isDone(undone));
}

/** What is still to be undone, by the command that began it. */
export function toUndo(compiled: Compiled, state: ProcessCommon): readonly Done[] {
  const undoing = state.rare?.undoing;
  if (undoing === undefined) return [];
  return undoable(compiled, state).filter(({ step }) => undoing.step === undefined || undoing.step === step);
}

/** One at a time, and none before every attempt under way has come to an end: what it did would be left over. */
export function owedUndoing(compiled: Compiled, state: ProcessCommon): readonly Owed<RequestEvent>[] {
  const [last] = toUndo(compiled, state);
  const quiet = quietAt(state);
  if (last === undefined) return quiet === 0 ? [] : [{ kind: 'wait', key: '$quiet/1', until: quiet }];
  const path = pathNow(state, last.step);
  const spec = {
    step: undoOf(last.step),
    effect: STEP_EFFECT,
    pollEffect: stepAt(compiled, path)?.node.undoPollEffect,
    policy: undoPolicy(compiled, path),
    freshInput: () => undoInput(last),
  };
  return delayed(whereItIs(state, path, requests.next(spec, state.duties[undoOf(last.step)] as never)), quiet);
}

/** With the step's own retry policy. Undoing is answered at once, or can be asked how it stands until it is done. */
export function undoPolicy(compiled: Compiled, path: string): RequestPolicy {
  const { node, policy = DUTY_POLICY } = stepAt(compiled, path) ?? {};
  return Object.assign({}, policy, node?.undoPollEffect === undefined ? AT_ONCE : ASKED);
}
const AT_ONCE = { completion: { kind: 'at_once' } } as const;
/** ms. It is not given up: who cannot undo it shows that to people. */
const ASKED = {
  completion: { kind: 'poll', everyMs: 2_000, deadlineMs: 3_600_000 },
  overdue: { probe: true, then: 'extend' },
} as const;

/** What the step was given, and what it added. */
function undoInput({ input, result, step, generation }: Done): StepInput {
  const given = input as StepInput;
  const undo = { undo: true, undoes: requestKey(step, generation) } as const;
  return Object.assign({}, given, { state: Object.assign({}, given.state, result) }, undo);
}

export interface LeftOver {
  readonly step: string;
  /** `unknown`: it may have taken effect. */
  readonly outcome: 'success' | 'unknown';
  /** What an operator can send about it. */
  readonly commands: readonly 'compensate'[];
}

/** What came to pass outside after the process was aborted, in a branch that was left, or of a step passed over, and is in no state. */
export function leftOver(compiled: Compiled, state: StartedProcess): readonly LeftOver[] {
  return everyRequest(state).flatMap((row): LeftOver[] => {
    if (row.status === 'intended' && state.status === 'aborted')
      return [{ step: row.step, outcome: 'unknown', commands: [] }];
    const outside = state.rare?.late.includes(row.step) === true || isLeft(state, row.step);
    const undone = state.duties[undoOf(row.step)];
    if (row.status !== 'done' || !outside || (undone && isDone(undone))) return [];
    const may = legalCommands(state).includes('compensate') && canBeUndone(compiled, state, row);
    const commands = may ? (['compensate'] as const) : [];
    return [{ step: row.step, outcome: 'success', commands }];
  });
}
