import { Type } from 'typebox';
import { anyObject, count, flag, milliseconds, orNull, text, uuid } from '../http/answer-schema.js';

const EventSchema = Type.Object({
  id: uuid,
  type: text,
  stream: text,
  revision: count,
  position: count,
  data: anyObject,
  metadata: anyObject,
  unknown: Type.Optional(Type.Boolean({ description: 'No code here knows the type: shown as stored' })),
});

export const EventPageSchema = Type.Object({ items: Type.Array(EventSchema), next: orNull(count) });

const EventMarkSchema = Type.Object({
  id: uuid,
  type: text,
  revision: count,
  position: count,
  time: milliseconds,
  actor: text,
});

export const StateAtSchema = Type.Object({
  stream: text,
  revision: count,
  position: count,
  event: EventMarkSchema,
  state: anyObject,
});

export const DifferenceSchema = Type.Object({
  stream: text,
  from: EventMarkSchema,
  to: EventMarkSchema,
  changes: Type.Array(
    Type.Object({
      path: Type.String({ description: 'JSON pointer (RFC 6901) into the state' }),
      old: Type.Optional(Type.Unknown({ description: 'Absent where there was nothing' })),
      new: Type.Optional(Type.Unknown({ description: 'Absent where nothing is left' })),
      event: EventMarkSchema,
      actor: text,
    }),
  ),
});

export const VerifiedSchema = Type.Object({
  ok: flag,
  streams: count,
  events: count,
  firstBad: Type.Optional(Type.Object({ stream: text, revision: Type.Integer(), reason: text })),
});
