import { Type } from 'typebox';
import { FailureSchema } from '#runtime';
import { anyObject, count, flag, milliseconds, orNull, text, uuid } from '../http/answer-schema.js';

const phase = Type.Enum([
  'UNSTARTED',
  'STARTING',
  'STARTED',
  'COMPLETED',
  'FAILED',
  'ABANDONED',
  'CONFIGURATION_ERROR',
]);
const common = { id: uuid, name: text, csp: text, state: text, phase, stage: orNull(text) };
const times = { createdAt: milliseconds, updatedAt: milliseconds };

export const PortfolioPageSchema = Type.Object({
  items: Type.Array(Type.Object({ ...common, ...times })),
  next: orNull(text),
});

const StageSchema = Type.Object({
  stage: text,
  state: Type.Enum(['WAITING', 'IN_PROGRESS', 'REQUESTED', 'COMPLETED', 'FAILED', 'SKIPPED']),
  attempts: count,
  startedAt: orNull(milliseconds),
  endedAt: orNull(milliseconds),
  location: orNull(text),
  closesAt: orNull(milliseconds),
  notBefore: orNull(milliseconds),
  failure: orNull(FailureSchema),
  result: Type.Unknown({ description: 'As the result schema of the stage says; null before its end' }),
});

export const PortfolioDetailSchema = Type.Object({
  ...common,
  ...times,
  plan: Type.Object({ name: text, version: count, stages: Type.Array(text) }),
  advance: Type.Enum(['automatic', 'manual']),
  stages: Type.Array(StageSchema),
  failedAt: orNull(milliseconds),
  revision: count,
  position: count,
  commands: Type.Array(Type.Object({ command: text, stage: Type.Optional(text) })),
});

export const PlanSchema = Type.Object({
  csp: text,
  name: text,
  version: count,
  facts: anyObject,
  stages: Type.Array(
    Type.Object({
      name: text,
      label: text,
      completion: text,
      skippable: flag,
      payload: Type.Record(text, text),
      result: Type.Array(text),
    }),
  ),
  states: Type.Array(text),
  transitions: Type.Array(Type.Object({ trigger: text, from: Type.Array(text), to: text, event: text })),
});
