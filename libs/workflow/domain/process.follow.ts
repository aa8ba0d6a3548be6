import type { ProcessEvent } from '../published/index.js';
import type { Compiled } from './compiled.js';
import { awaitsClaim } from './duties.js';
import { evolveProcess } from './process.evolve.js';
import { owedBy } from './process.next.js';
import { hasEnded, problemOf, type ProcessState, type StartedProcess } from './process.state.js';
import { quietAt } from './quiet.js';
import { toUndo } from './undo.js';
import { begins, Walk, type Reached } from './walk.js';

/**
 * Adds what follows from what was decided, in the same append: steps that are passed over, forms and sleeps that are reached, branches
 * that are left, undoing, and the end. `state` is that before `events`.
 */
export function withWhatFollows(
  events: readonly ProcessEvent[],
  state: ProcessState,
  compiled: Compiled,
  time: number,
): readonly ProcessEvent[] {
  if (goesOnInSequence(events, state, compiled)) return events;
  let after = events.reduce(evolveProcess, state);
  if (isPlain(after, compiled)) return endsInSequence(after, compiled) ? [...events, completed(time)] : events;
  const all = [...events];
  for (;;) {
    if (after.status === 'none' || hasEnded(after) || awaitsClaim(after)) return all;
    const more = followsFrom(compiled, after, time);
    if (more.length === 0) return all;
    all.push(...more);
    after = more.reduce(evolveProcess, after);
  }
}

/** The hot path: a step of a plain sequence is done, and another is behind it. */
function goesOnInSequence(events: readonly ProcessEvent[], state: ProcessState, compiled: Compiled): boolean {
  if (state.status === 'none' || !isPlain(state, compiled)) return false;
  return state.position + 1 < compiled.sequence!.length || !events.some(endsStep);
}
const endsStep = ({ type }: ProcessEvent): boolean => type === 'StepCompleted' || type === 'StepSkipped';

/** Nothing but the end can follow in a plain sequence. */
const isPlain = (state: ProcessState, { definition, sequence }: Compiled): boolean =>
  state.status !== 'none' &&
  sequence !== undefined &&
  state.rare === undefined &&
  definition.onFailure !== 'compensate';

const endsInSequence = (state: ProcessState, { sequence }: Compiled): boolean =>
  state.status !== 'none' && !hasEnded(state) && !awaitsClaim(state) && state.position >= sequence!.length;

const completed = (time: number): ProcessEvent => ({ type: 'ProcessCompleted', data: { time } });

function followsFrom(compiled: Compiled, state: StartedProcess, time: number): readonly ProcessEvent[] {
  if (state.rare?.undoing !== undefined) return undone(compiled, state, time);
  const walk = new Walk(compiled, state);
  if (walk.done) return [...walk.won.map(left(time)), completed(time)];
  const events = [...walk.won.map(left(time)), ...walk.reached.flatMap((each) => reachedNow(each, time))];
  return events.length > 0 ? events : givenUp(compiled, state, time);
}

const left =
  (time: number) =>
  ({ step, won, left: paths }: Walk['won'][number]): ProcessEvent => ({
    type: 'BranchesLeft',
    data: { step, won, left: [...paths], time },
  });

/** What comes to pass by itself when a step is reached, before anything is owed for it. */
function reachedNow(reached: Reached, time: number): readonly ProcessEvent[] {
  const { leaf, at } = reached;
  if (!begins(reached)) return [];
  const step = at.path;
  try {
    if (at.off?.() === true) return [{ type: 'StepSkipped', data: { step, because: 'condition', time } }];
    switch (leaf.kind) {
      case 'input': {
        const { assignee } = leaf;
        return [{ type: 'StepSuspended', data: { step, ...(assignee !== undefined && { assignee }), time } }];
      }
      case 'sleep':
        return [{ type: 'StepSleeping', data: { step, until: leaf.until(at.data as never, time), time } }];
      default:
        return [];
    }
  } catch (error) {
    return [{ type: 'StepFailed', data: { step, generation: 1, attempt: 0, failure: untold(error), time } }];
  }
}

const untold = (error: unknown) => ({
  kind: 'refused' as const,
  code: 'condition_failed',
  message: `the condition cannot be told: ${error instanceof Error ? error.message : String(error)}`.slice(0, 10_000),
});

/** A failure with which nothing else can go on is undone, where the definition says so. */
function givenUp(compiled: Compiled, state: StartedProcess, time: number): readonly ProcessEvent[] {
  if (compiled.definition.onFailure !== 'compensate') return [];
  const problem = problemOf(state);
  if (problem === undefined || owedBy(compiled, state).length > 0) return [];
  return [{ type: 'CompensationStarted', data: { reason: problem.failure.message, time } }];
}

/** When everything is undone the process is aborted. */
function undone(compiled: Compiled, state: StartedProcess, time: number): readonly ProcessEvent[] {
  if (toUndo(compiled, state).length > 0 || quietAt(state) > time) return [];
  const reason = state.rare?.undoing?.reason;
  return [{ type: 'ProcessAborted', data: { ...(reason !== undefined && { reason }), time } }];
}
