import { describe, expect, it } from '@jest/globals';
import { engineDecider, type EngineCommand, type EngineState } from './engine.decider.js';

const after = (...commands: readonly EngineCommand[]): { state: EngineState; types: string[] } => {
  let state = engineDecider.initial();
  const types: string[] = [];
  for (const command of commands)
    for (const event of engineDecider.decide(command, state)) {
      types.push(event.type);
      state = engineDecider.evolve(state, event);
    }
  return { state, types };
};
const pause = (time: number): EngineCommand => ({ type: 'PauseEngine', time });
const go = (time: number): EngineCommand => ({ type: 'ContinueEngine', time });

describe('the engine', () => {
  it('runs until it is paused, and knows since when', () => {
    expect(after().state).toEqual({ pausedSince: null, continuedAt: null });
    expect(after(pause(1)).state).toEqual({ pausedSince: 1, continuedAt: null });
    expect(after(pause(1), go(2)).state).toEqual({ pausedSince: null, continuedAt: 2 });
    expect(after(pause(1), go(2), pause(3)).state).toEqual({ pausedSince: 3, continuedAt: 2 });
  });

  it('meets a repeat with silence', () => {
    expect(after(go(1), pause(2), pause(3), go(4), go(5))).toEqual({
      state: { pausedSince: null, continuedAt: 4 },
      types: ['EnginePaused', 'EngineContinued'],
    });
  });
});
