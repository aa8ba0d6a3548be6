import { Type } from 'typebox';
import { count, orNull, text } from '../http/answer-schema.js';

const LagSchema = Type.Object({
  events: orNull(Type.Integer({ minimum: 0, description: 'Null where positions are bytes (EventStoreDB)' })),
  positions: count,
  seconds: Type.Number({ minimum: 0, description: 'Time since its group is known to have held everything' }),
});

const ProjectionSchema = Type.Object({
  name: text,
  group: Type.String({ description: 'Projections of a group are fed together' }),
  version: Type.Integer({ minimum: 1, description: "Of the rows; a change of the code's is built beside them" }),
  checkpoint: Type.Integer({ minimum: 0, description: 'Log position up to which it holds every event' }),
  lag: LagSchema,
  state: Type.Enum(['live', 'lagging', 'stopped'], { description: 'stopped: nothing is projected, see `reason`' }),
  reason: orNull(text),
  parked: Type.Integer({ minimum: 0, description: 'Events that it could not take in' }),
});

export const ProjectionListSchema = Type.Object({ items: Type.Array(ProjectionSchema) });
