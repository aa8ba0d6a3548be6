import { Type } from 'typebox';
import { ManifestPolicySchema, OPERATION_STATES, ParentSchema } from '#provisioning';
import { FailureSchema } from '#runtime';
import { anyObject, count, flag, milliseconds, orNull, text, uuid } from '../http/answer-schema.js';

const RequestSchema = Type.Object({
  state: Type.Enum(['intended', 'retrying', 'accepted', 'overdue', 'done', 'failed', 'resumed']),
  attempts: count,
  generation: count,
  startedAt: milliseconds,
  endedAt: orNull(milliseconds),
  nextDue: orNull(milliseconds),
  closesAt: orNull(milliseconds),
  location: orNull(text),
  failure: orNull(FailureSchema),
  progress: Type.Unknown({ description: 'What the provisioner told last of how far it is' }),
});

const ResourceSchema = Type.Object({
  id: orNull(text),
  address: anyObject,
  secret: Type.Boolean({ description: 'Whether the vault holds a secret of it' }),
});

const NeedViewSchema = Type.Object({
  id: text,
  type: text,
  provision: orNull(RequestSchema),
  deprovision: orNull(RequestSchema),
  resource: orNull(ResourceSchema),
});

const common = {
  id: uuid,
  state: Type.Enum([...Object.keys(OPERATION_STATES), 'CONFIGURATION_ERROR']),
  code: count,
  needs: Type.Array(NeedViewSchema),
  parent: orNull(ParentSchema),
  attempts: count,
  nextDue: orNull(milliseconds),
  overdue: flag,
  lastError: orNull(Type.Intersect([FailureSchema, Type.Object({ step: text, at: milliseconds })])),
  createdAt: milliseconds,
  updatedAt: milliseconds,
  revision: count,
  position: count,
};

export const OperationPageSchema = Type.Object({ items: Type.Array(Type.Object(common)), next: orNull(text) });

export const OperationDetailSchema = Type.Object({
  ...common,
  policy: orNull(ManifestPolicySchema),
  left: Type.Array(Type.Object({ need: text, todo: Type.Enum(['provision', 'deprovision']) })),
  answers: Type.Array(Type.Object({ answerId: text, key: text, verdict: text, outcome: text, at: milliseconds }), {
    description: 'Callbacks that decided nothing; those that came too late can be accepted by an operator',
  }),
  history: Type.Array(
    Type.Object({ at: milliseconds, event: text, step: orNull(text), attempt: orNull(count), note: orNull(text) }),
  ),
  commands: Type.Array(Type.Enum(['retry', 'fail', 'deprovision', 'accept-late'])),
});
