import { Type } from 'typebox';
import { count, milliseconds, orNull, text } from '../http/answer-schema.js';

const version = Type.Integer({ minimum: 1 });
const perhapsEvents = orNull(Type.Number({ minimum: 0, description: 'Null where positions are bytes (EventStoreDB)' }));

const LagSchema = Type.Object({
  events: perhapsEvents,
  positions: count,
  seconds: Type.Number({ minimum: 0, description: 'Time since its group is known to have held everything' }),
});

const RebuildSchema = Type.Object({
  version,
  checkpoint: Type.Integer({ minimum: 0, description: 'Log position up to which the new rows hold every event' }),
  progress: Type.Number({ minimum: 0, maximum: 1, description: 'Share of the log that is in the new rows' }),
  since: orNull(milliseconds),
  eventsPerSecond: perhapsEvents,
  expectedSeconds: orNull(Type.Number({ minimum: 0, description: 'At the speed it had so far' })),
  trouble: orNull(Type.String({ description: 'Why it does not go on; it is tried again' })),
});

export const ProjectionSchema = Type.Object({
  name: text,
  group: Type.String({ description: 'Projections of a group are fed together' }),
  version: Type.Integer({ minimum: 1, description: "Of the live rows; a change of the code's is built beside them" }),
  checkpoint: Type.Integer({ minimum: 0, description: 'Log position up to which it holds every event' }),
  lag: LagSchema,
  state: Type.Enum(['live', 'lagging', 'rebuilding', 'stopped'], {
    description: 'rebuilding: queries read the live rows meanwhile; stopped: nothing is projected, see `reason`',
  }),
  reason: orNull(text),
  parked: Type.Integer({ minimum: 0, description: 'Events that it could not take in' }),
  rebuild: orNull(RebuildSchema),
  kept: orNull(
    Type.Object({ version, checkpoint: count }, { description: 'The rows before the last rebuild, for a way back' }),
  ),
});

export const ProjectionListSchema = Type.Object({ items: Type.Array(ProjectionSchema) });

export const ParkedPageSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      stream: text,
      revision: count,
      position: count,
      type: text,
      kind: Type.Enum(['unknown', 'failed'], { description: 'No code for its type, or the handler threw' }),
      reason: text,
    }),
  ),
  next: orNull(text),
});
