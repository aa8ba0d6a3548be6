import { Type } from 'typebox';
import { anyObject, count, flag, milliseconds, orNull, pageSchema, text, uuid } from '../http/answer-schema.js';

const event = {
  id: uuid,
  type: text,
  stream: text,
  revision: count,
  position: count,
  links: Type.Object({ self: text, raw: text, state: text, flow: Type.Optional(text) }),
};

const EventSchema = Type.Object({
  ...event,
  time: milliseconds,
  actor: text,
  cause: Type.Object({ correlationId: text, causationId: text, commandId: text }),
  data: anyObject,
  metadata: anyObject,
  unknown: Type.Optional(Type.Boolean({ description: 'No code here knows the type: shown as stored' })),
});

const RawEventSchema = Type.Object({ ...event, data: text, metadata: text });

export const EventPageSchema = Type.Object({
  items: Type.Array(Type.Union([EventSchema, RawEventSchema])),
  next: orNull(count),
  previous: orNull(count),
});

export const StreamPageSchema = pageSchema(
  Type.Object({
    stream: text,
    category: text,
    label: orNull(Type.String({ description: 'What people know it by' })),
    type: Type.String({ description: 'Of its first event' }),
    actor: Type.String({ description: 'Who began it' }),
    createdAt: milliseconds,
    last: Type.Object({ type: text, revision: count, time: milliseconds, actor: text }),
    links: Type.Object({ events: text, state: text, explain: text }),
  }),
);

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

export const CheckpointSchema = Type.Object({
  log: text,
  position: count,
  count: Type.Integer({ minimum: 0, description: 'Events up to here' }),
  hash: Type.String({ description: 'Over stream, revision and chain hash of each, in the order of the log' }),
  time: milliseconds,
  key: Type.String({ description: 'Public ed25519 key, base64url' }),
  signature: text,
  text: Type.String({ description: 'What to keep elsewhere: the signed lines and the signature' }),
});

export const CheckpointListSchema = Type.Object({ log: text, key: text, items: Type.Array(CheckpointSchema) });

export const VerifiedSchema = Type.Object({
  ok: flag,
  streams: Type.Integer({ minimum: 0, description: 'Met in this answer' }),
  events: Type.Integer({ minimum: 0, description: 'Checked so far, in the parts before too' }),
  checkpoints: Type.Optional(Type.Integer({ minimum: 0, description: 'Met in this answer and found true' })),
  position: Type.Integer({ minimum: 0, description: 'Checked up to here' }),
  head: Type.Integer({ minimum: 0, description: 'Where the log ends now' }),
  next: orNull(Type.String({ description: 'Cursor to go on with; null at the end or where something is bad' })),
  firstBad: Type.Optional(Type.Object({ stream: text, revision: Type.Integer(), reason: text })),
});
