import { Type } from 'typebox';
import { DEFAULT_RETRY } from '#runtime';
import type { Stage } from './stage-plan.js';

/** Effect that takes the children of a portfolio back; it answers 202 until none has anything left. */
export const CHILDREN_EFFECT = 'portfolio.children';

/** What is taken back before a portfolio's own stages: whoever named it as the parent. */
export const CHILDREN: Stage = {
  name: 'CHILDREN',
  label: 'children',
  payload: { schema: Type.Object({}), from: {} },
  effect: CHILDREN_EFFECT,
  pollEffect: `${CHILDREN_EFFECT}.poll`,
  // People may take as long with a child that could not be taken back.
  policy: {
    retry: DEFAULT_RETRY,
    completion: { kind: 'poll', everyMs: 1_000, deadlineMs: 365 * 24 * 3_600_000 },
    unknown: 'repeat',
  },
  result: Type.Object({}),
};
