import { Type, type Static } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent } from '#kernel';

export const CSP_CATEGORY = 'csp';

const time = Type.Number({ description: 'ms since the epoch' });
const schemas = {
  CspPaused: Type.Object({ reason: Type.String(), time }),
  CspContinued: Type.Object({ time }),
  CspCircuitOpened: Type.Object({
    owner: Type.String({ description: 'the process whose circuit it is' }),
    failures: Type.Integer({ description: 'failures in a row' }),
    until: Type.Number({ description: 'when one attempt tries again, ms since the epoch' }),
    time,
  }),
  CspCircuitClosed: Type.Object({ owner: Type.String(), time }),
};

export type CspEvent = {
  [T in keyof typeof schemas]: DomainEvent<T, Static<(typeof schemas)[T]>>;
}[keyof typeof schemas];

export const cspEvents: readonly EventSpec<string, never>[] = Object.entries(schemas).map(([type, schema]) => ({
  category: CSP_CATEGORY,
  type,
  schema,
}));
