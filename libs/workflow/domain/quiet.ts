import type { Owed } from '#kernel';
import { TAKE_OVER_MS, type RequestEvent } from '#runtime';
import { allRequests, type ProcessCommon } from './process.state.js';

/** When no attempt of a step can be under way any more, as far as is known; ms since the epoch, 0: at once. */
export const quietAt = (state: ProcessCommon): number =>
  Math.max(0, ...allRequests(state).map((each) => (each.status === 'intended' ? each.until + TAKE_OVER_MS : 0)));

/** Not before a time, ms since the epoch. */
export function delayed(all: readonly Owed<RequestEvent>[], notBefore: number): readonly Owed<RequestEvent>[] {
  if (notBefore === 0) return all;
  return all.map((each) =>
    each.kind === 'run' ? Object.assign({}, each, { notBefore: Math.max(each.notBefore, notBefore) }) : each,
  );
}
