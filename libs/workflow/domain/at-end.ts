import type { Owed } from '#kernel';
import type { RequestEvent } from '#runtime';
import type { Compiled } from './compiled.js';
import { abandonedOwed, CLAIM, claimOwed, mustReclaim, reclaimed, released, told } from './duties.js';
import type { EndedProcess, StartedProcess } from './process.state.js';
import { reclaimAt, turnOf } from './turns.js';
import { owedUndoing, toUndo } from './undo.js';

/**
 * What is still owed when a process has ended, in this order: the answer of a claim that has left (released before it arrives, it would
 * hold for ever), the claim once more for an undoing after the release, undoing, the abort of children, the release, and the message to the parent. Nothing of it begins while a step still
 * runs, because that step works on what is claimed.
 */
export function owedAtEnd(compiled: Compiled, state: StartedProcess & EndedProcess): readonly Owed<RequestEvent>[] {
  if (state.status === 'refused') return [];
  const claim = state.duties[CLAIM];
  if (claim !== undefined && claim.status !== 'done') return claimOwed(state);
  const turn = turnOf(state);
  const undoing = toUndo(compiled, state).length > 0;
  if (mustReclaim(state, turn, undoing)) return reclaimed(state, turn);
  if (undoing) {
    const owed = owedUndoing(compiled, state);
    // One that waits for people keeps the claim, but no child alive.
    return owed.length > 0 ? owed : abandonedOwed(compiled, state);
  }
  const children = abandonedOwed(compiled, state);
  if (children.length > 0) return children;
  const release = released(state, state.duties[reclaimAt(turn)] === undefined ? Math.max(1, turn - 1) : turn);
  return release.length > 0 ? release : told(state);
}
