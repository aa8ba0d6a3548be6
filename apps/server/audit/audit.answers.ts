import { Type } from 'typebox';
import { anyObject, count, flag, orNull, text, uuid } from '../http/answer-schema.js';

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

export const StateAtSchema = Type.Object({ stream: text, revision: count, position: count, state: anyObject });

export const VerifiedSchema = Type.Object({
  ok: flag,
  streams: count,
  events: count,
  firstBad: Type.Optional(Type.Object({ stream: text, revision: Type.Integer(), reason: text })),
});
