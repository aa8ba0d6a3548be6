import { describe, expect, it } from '@jest/globals';
import { cspDecider, openCircuits, type CspCommand } from './csp.decider.js';

const told = (...commands: readonly CspCommand[]) =>
  commands.reduce(
    (state, command) => cspDecider.decide(command, state).reduce((now, event) => cspDecider.evolve(now, event), state),
    cspDecider.initial(),
  );
const opened = (owner: string, time: number): CspCommand => ({
  type: 'NoteOpenCircuit',
  owner,
  failures: 20,
  until: time + 15_000,
  time,
});
const closed = (owner: string, time: number): CspCommand => ({ type: 'NoteClosedCircuit', owner, time });

describe('what is known of a CSP', () => {
  it('shows the circuits of all processes, since they opened first, until each closes', () => {
    const both = told(opened('a', 1_000), opened('b', 2_000), opened('a', 61_000));
    expect(openCircuits(both, 62_000)).toEqual([
      { owner: 'b', since: 2_000, until: 17_000 },
      { owner: 'a', since: 1_000, until: 76_000 },
    ]);
    expect(told(opened('a', 1_000), opened('b', 2_000), closed('a', 3_000)).circuits.map(({ owner }) => owner)).toEqual(
      ['b'],
    );
  });

  it('forgets a process that was not heard of any more', () => {
    const state = told(opened('gone', 1_000));
    expect(openCircuits(state, 135_999)).toHaveLength(1);
    expect(openCircuits(state, 136_000)).toEqual([]);
    expect(
      cspDecider.evolve(state, { type: 'CspCircuitClosed', data: { owner: 'b', time: 200_000 } }).circuits,
    ).toEqual([]);
  });

  it('a repeat is silence, and a pause leaves circuits as they are', () => {
    const state = told(opened('a', 1_000), { type: 'PauseCsp', reason: 'r', time: 2_000 });
    expect(state).toMatchObject({ paused: { reason: 'r' }, circuits: [{ owner: 'a' }] });
    expect(cspDecider.decide(opened('a', 1_000), state)).toEqual([]);
    expect(cspDecider.decide(closed('b', 3_000), state)).toEqual([]);
    expect(told(opened('a', 1), { type: 'ContinueCsp', time: 2 }).circuits).toHaveLength(1);
  });
});
