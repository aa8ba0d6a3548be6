import type { Decider } from '#kernel';
import type { CspEvent } from './published/index.js';

export type CspCommand =
  | { readonly type: 'PauseCsp'; readonly reason: string; readonly time: number }
  | { readonly type: 'ContinueCsp'; readonly time: number }
  | {
      readonly type: 'NoteOpenCircuit';
      readonly owner: string;
      readonly failures: number;
      readonly until: number;
      readonly time: number;
    }
  | { readonly type: 'NoteClosedCircuit'; readonly owner: string; readonly time: number };

/** A process that sees no answer from the CSP; its own limits and circuit are nobody else's. */
export interface OpenCircuit {
  readonly owner: string;
  readonly since: number;
  readonly until: number;
}
export interface CspState {
  readonly paused: { readonly reason: string; readonly since: number } | null;
  /** Of all processes. */
  readonly circuits: readonly OpenCircuit[];
}

/** A process that is gone cannot close its circuit: what was not heard of for so long after its time does not count. */
const FORGOTTEN_MS = 120_000;
export const openCircuits = ({ circuits }: CspState, now: number): readonly OpenCircuit[] =>
  circuits.filter(({ until }) => now < until + FORGOTTEN_MS);

/** Whether people let anything leave for a CSP, and which processes have found that it does not answer. Repeats are silence. */
export const cspDecider: Decider<CspState, CspCommand, CspEvent> = {
  initial: () => ({ paused: null, circuits: [] }),
  decide,
  evolve,
};

function decide(command: CspCommand, { paused, circuits }: CspState): CspEvent[] {
  const { time } = command;
  switch (command.type) {
    case 'PauseCsp':
      return paused ? [] : [{ type: 'CspPaused', data: { reason: command.reason, time } }];
    case 'ContinueCsp':
      return paused ? [{ type: 'CspContinued', data: { time } }] : [];
    case 'NoteOpenCircuit': {
      const { owner, failures, until } = command;
      const known = circuits.some((one) => one.owner === owner && one.until === until);
      return known ? [] : [{ type: 'CspCircuitOpened', data: { owner, failures, until, time } }];
    }
    case 'NoteClosedCircuit': {
      const { owner } = command;
      const open = circuits.some((one) => one.owner === owner);
      return open ? [{ type: 'CspCircuitClosed', data: { owner, time } }] : [];
    }
  }
}

function evolve(state: CspState, event: CspEvent): CspState {
  switch (event.type) {
    case 'CspPaused':
      return { paused: { reason: event.data.reason, since: event.data.time }, circuits: state.circuits };
    case 'CspContinued':
      return { paused: null, circuits: state.circuits };
    case 'CspCircuitClosed':
      return { paused: state.paused, circuits: without(state, event.data.owner, event.data.time) };
    case 'CspCircuitOpened': {
      const { owner, until, time } = event.data;
      const since = state.circuits.find((one) => one.owner === owner)?.since ?? time;
      return { paused: state.paused, circuits: [...without(state, owner, time), { owner, since, until }] };
    }
  }
}

/** Nor are those kept that are long forgotten. */
const without = (state: CspState, owner: string, now: number): readonly OpenCircuit[] =>
  openCircuits(state, now).filter((one) => one.owner !== owner);
