import type { Decider } from '#kernel';
import type { EngineEvent } from '../published/index.js';

/** `time` is milliseconds since the epoch. */
export type EngineCommand =
  { readonly type: 'PauseEngine'; readonly time: number } | { readonly type: 'ContinueEngine'; readonly time: number };

/** Times in ms since the epoch; null for what never was. */
export interface EngineState {
  /** Since when nothing begins; null while the engine runs. */
  readonly pausedSince: number | null;
  /** The end of the last pause: answers from outside could not come in before. */
  readonly continuedAt: number | null;
}

/** Whether anything may begin in any process. Repeats are silence. */
export const engineDecider: Decider<EngineState, EngineCommand, EngineEvent> = {
  initial: () => ({ pausedSince: null, continuedAt: null }),
  decide: ({ type, time }, { pausedSince }) => {
    if (type === 'PauseEngine') return pausedSince === null ? [{ type: 'EnginePaused', data: { time } }] : [];
    return pausedSince === null ? [] : [{ type: 'EngineContinued', data: { time } }];
  },
  evolve: (state, { type, data }) => {
    if (type === 'EnginePaused') return { pausedSince: data.time, continuedAt: state.continuedAt };
    return type === 'EngineContinued' ? { pausedSince: null, continuedAt: data.time } : state;
  },
};
