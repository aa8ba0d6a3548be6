import type { ProcessCommon } from './process.state.js';

/** The duty to let go of what it has claimed. */
const RELEASE = '$release';

/** How often the process has held, or is about to hold, what it works on: once more for each undoing that began after it had let go. */
export const turnOf = ({ rare }: Pick<ProcessCommon, 'rare'>): number => rare?.turn ?? 1;

export const releaseAt = (turn: number): string => (turn === 1 ? RELEASE : `${RELEASE}/${turn}`);
/** The duty to take hold again, for an undoing. */
export const reclaimAt = (turn: number): string => `$reclaim/${turn}`;

/** The turn of an undoing that begins now. As long as the release has not begun the claim is still held. */
export function turnOfUndoing(state: Pick<ProcessCommon, 'rare' | 'duties'>): number {
  const turn = turnOf(state);
  return state.duties[releaseAt(turn)] === undefined ? turn : turn + 1;
}
