import { Type } from 'typebox';
import { ManifestPolicySchema, OPERATION_STATES, ParentSchema } from '#provisioning';
import { FailureSchema } from '#runtime';
import { explained } from '../explain/in-detail.js';
import { anyObject, count, flag, milliseconds, orNull, pageSchema, text, uuid } from '../http/answer-schema.js';

const request = Type.Object({
  state: Type.Enum(['intended', 'retrying', 'accepted', 'overdue', 'done', 'failed', 'resumed']),
  attempts: count,
  generation: count,
  startedAt: milliseconds,
  endedAt: orNull(milliseconds),
  nextDue: orNull(milliseconds),
  closesAt: orNull(milliseconds),
  location: orNull(text),
  failure: orNull(FailureSchema),
  progress: Type.Unknown({ description: 'As the provisioner told it last; null before' }),
});

const need = Type.Object({
  id: text,
  type: text,
  provision: orNull(request),
  deprovision: orNull(request),
  resource: orNull(
    Type.Object({ id: orNull(text), address: anyObject, secret: Type.Boolean({ description: 'Kept in the vault' }) }),
  ),
});

const common = {
  id: uuid,
  state: Type.Enum([...Object.keys(OPERATION_STATES), 'CONFIGURATION_ERROR']),
  code: count,
  needs: Type.Array(need),
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

export const OperationPageSchema = pageSchema(Type.Object(common));

export const OperationDetailSchema = Type.Object({
  ...common,
  ...explained,
  policy: orNull(ManifestPolicySchema),
  left: Type.Array(Type.Object({ need: text, todo: Type.Enum(['provision', 'deprovision']) })),
  answers: Type.Array(Type.Object({ answerId: text, key: text, verdict: text, outcome: text, at: milliseconds })),
  history: Type.Array(
    Type.Object({
      at: milliseconds,
      event: text,
      step: orNull(text),
      attempt: orNull(count),
      note: orNull(text),
    }),
  ),
  commands: Type.Array(text),
});
