import type { Owed } from '#kernel';
import type { Request, RequestEvent, RequestSpec } from '#runtime';
import { stepAt, type Compiled, type CompiledStep } from './compiled.js';
import { owedAtEnd } from './at-end.js';
import { abandonedOwed, awaitsClaim, claimOwed, FOLLOW } from './duties.js';
import { requests } from './process.evolve.js';
import { hasEnded, isRequest, type Data, type ProcessCommon, type StartedProcess } from './process.state.js';
import { inputOf, pick, STEP_EFFECT, whereItIs, type StepInput } from './step-input.js';
import { owedUndoing } from './undo.js';
import { begins, Walk, type Reached } from './walk.js';

/** What is owed now. A sequence costs O(1); a tree is walked. */
export function owedBy(compiled: Compiled, state: StartedProcess): readonly Owed<RequestEvent>[] {
  if (hasEnded(state)) return owedAtEnd(compiled, state);
  if (awaitsClaim(state)) return claimOwed(state);
  if (state.rare?.undoing !== undefined) return owedUndoing(compiled, state);
  if (compiled.sequence !== undefined) {
    const current = compiled.sequence[state.position];
    if (current === undefined) return [];
    const row = state.requests[state.position];
    if (row === undefined || isRequest(row)) return owedOf(current, current.node.key, state, state.data, row);
  }
  const walk = new Walk(compiled, state);
  const owed = walk.reached.flatMap((each) => owedFor(compiled, state, each));
  return state.rare === undefined ? owed : [...owed, ...abandonedOwed(compiled, state)];
}

function owedFor(compiled: Compiled, state: ProcessCommon, reached: Reached): readonly Owed<RequestEvent>[] {
  const { leaf, row, at } = reached;
  if (row?.status === 'suspended') return [{ kind: 'wait', key: `${at.path}/1` }];
  if (row?.status === 'sleeping') return [{ kind: 'wait', key: `${at.path}/1`, until: row.until }];
  if (leaf.kind !== 'step' || (begins(reached) && isOff(reached) !== false))
    return row?.status === 'failed' ? [] : [FOLLOW];
  return owedOf(stepAt(compiled, at.path)!, at.path, state, at.data, row as never);
}

/** Whether its condition passes it over; undefined when that cannot be told. */
function isOff({ at }: Reached): boolean | undefined {
  try {
    return at.off?.() ?? false;
  } catch {
    return undefined;
  }
}

const owedOf = (step: CompiledStep, path: string, state: ProcessCommon, data: Data, row: Request | undefined) =>
  whereItIs(state, path, requests.next(specOf(step, path, state, data), row));

export function specOf(step: CompiledStep, path: string, state: ProcessCommon, data: Data): RequestSpec {
  const row = state.rare && requestOf(state, path);
  return {
    step: row?.step ?? path,
    effect: STEP_EFFECT,
    pollEffect: step.node.pollEffect,
    policy: step.policy,
    freshInput: (): StepInput => inputOf(state, path, pick(data, step.node.reads)),
  };
}

/** A request that began under another path keeps it as its key. */
function requestOf({ rare, steps, requests: rows, dynamic }: ProcessCommon, path: string) {
  if (rare === undefined || Object.keys(rare.renamed).length === 0) return undefined;
  const row = rows[steps.findIndex(({ key }) => key === path)] ?? dynamic[path];
  return isRequest(row) ? row : undefined;
}
