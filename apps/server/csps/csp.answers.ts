import { Type } from 'typebox';
import { anyObject, count, milliseconds, orNull, text } from '../http/answer-schema.js';

export const CspListSchema = Type.Array(
  Type.Object({
    csp: text,
    planVersions: Type.Array(count),
    paused: orNull(Type.Object({ reason: text, since: milliseconds })),
    circuit: Type.Enum(['closed', 'open', 'half_open'], { description: 'Of the process that answers' }),
    circuits: Type.Array(Type.Object({ owner: text, since: milliseconds, until: milliseconds }), {
      description: 'Processes whose circuit is open; limits and circuits count in each process by itself',
    }),
    until: orNull(milliseconds),
    failuresInARow: count,
    inFlight: count,
    waiting: count,
    limits: anyObject,
  }),
);
