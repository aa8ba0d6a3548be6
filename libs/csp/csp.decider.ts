import { Type, type Static } from 'typebox';
import type { EventSpec } from '#event-store';
import type { Decider, DomainEvent } from '#kernel';

export const CSP_CATEGORY = 'csp';

const time = Type.Number({ description: 'ms since the epoch' });
const schemas = {
  CspPaused: Type.Object({ reason: Type.String(), time }),
  CspContinued: Type.Object({ time }),
};

export type CspEvent = {
  [T in keyof typeof schemas]: DomainEvent<T, Static<(typeof schemas)[T]>>;
}[keyof typeof schemas];
export type CspCommand =
  | { readonly type: 'PauseCsp'; readonly reason: string; readonly time: number }
  | { readonly type: 'ContinueCsp'; readonly time: number };
export interface CspState {
  readonly paused: { readonly reason: string; readonly since: number } | null;
}

/** Whether people let anything leave for a CSP. Repeats are silence. */
export const cspDecider: Decider<CspState, CspCommand, CspEvent> = {
  initial: () => ({ paused: null }),
  decide: (command, { paused }) => {
    if (command.type === 'PauseCsp')
      return paused ? [] : [{ type: 'CspPaused', data: { reason: command.reason, time: command.time } }];
    return paused ? [{ type: 'CspContinued', data: { time: command.time } }] : [];
  },
  evolve: (_state, event) => ({
    paused: event.type === 'CspPaused' ? { reason: event.data.reason, since: event.data.time } : null,
  }),
};

export const cspEvents: readonly EventSpec<string, never>[] = Object.entries(schemas).map(([type, schema]) => ({
  category: CSP_CATEGORY,
  type,
  schema,
}));
