import { Type } from 'typebox';
import { anyObject, count, milliseconds, orNull, text, uuid } from '../http/answer-schema.js';

const FlowEventSchema = Type.Object({ id: uuid, type: text, revision: count, position: count });

const CauseSchema = Type.Object({
  kind: Type.Enum(['request', 'effect', 'event', 'answer', 'unknown'], {
    description:
      'request: somebody sent it; effect: a request of this flow did; event: the instance went on by itself; answer: a callback',
  }),
  id: text,
});

const status = Type.Enum(['under_way', 'accepted', 'retrying', 'done', 'failed', 'handed_back', 'overdue', 'skipped']);

const AttemptSchema = Type.Object({
  attempt: count,
  startedAt: milliseconds,
  acceptedAt: orNull(milliseconds),
  endedAt: orNull(milliseconds),
  durationMs: orNull(Type.Number()),
  outcome: status,
  failure: orNull(Type.Object({ kind: text, code: text, status: orNull(Type.Integer()) })),
});

const EffectSchema = Type.Object({
  key: Type.String({ description: 'Idempotency key: stream, step, generation' }),
  step: text,
  generation: count,
  status,
  startedAt: milliseconds,
  endedAt: orNull(milliseconds),
  durationMs: orNull(Type.Number()),
  attempts: Type.Array(AttemptSchema),
  parts: Type.Array(Type.Object({ stream: text, commands: Type.Array(anyObject) }), {
    description: 'What it brought about in other streams, in the shape of the parts of the flow',
  }),
});

const CommandSchema = Type.Object({
  id: text,
  cause: CauseSchema,
  correlationId: Type.String({ description: 'Another one where somebody else, or an answer, went into the flow' }),
  actor: text,
  time: milliseconds,
  events: Type.Array(FlowEventSchema),
  effects: Type.Array(EffectSchema),
});

export const FlowSchema = Type.Object({
  correlationId: text,
  complete: Type.Boolean({ description: 'False where there is more than one answer shows' }),
  from: milliseconds,
  to: milliseconds,
  streams: count,
  events: count,
  parts: Type.Array(Type.Object({ stream: text, commands: Type.Array(CommandSchema) })),
});
