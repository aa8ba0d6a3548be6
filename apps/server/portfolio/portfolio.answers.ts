import { Type } from 'typebox';
import { FailureSchema } from '#runtime';
import { explained } from '../explain/in-detail.js';
import { anyObject, count, flag, milliseconds, orNull, pageSchema, text, uuid } from '../http/answer-schema.js';

const phase = Type.Enum([
  'UNSTARTED',
  'STARTING',
  'POSTPONED',
  'STARTED',
  'COMPLETED',
  'FAILED',
  'ABANDONED',
  'DEPROVISIONING',
  'DEPROVISION_FAILED',
  'DEPROVISIONED',
  'CONFIGURATION_ERROR',
]);
const common = { id: uuid, name: text, csp: text, state: text, phase, stage: orNull(text) };
const times = { createdAt: milliseconds, updatedAt: milliseconds };

export const PortfolioPageSchema = pageSchema(Type.Object({ ...common, ...times }));

export const MigrationPageSchema = Type.Object({
  to: count,
  items: Type.Array(
    Type.Object({
      id: uuid,
      name: text,
      state: text,
      version: count,
      movable: flag,
      reason: orNull(Type.Object({ code: text, message: text })),
    }),
  ),
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
  undo: orNull(
    Type.Object({
      state: Type.Enum([
        'DEPROVISIONING',
        'DEPROVISIONING_REQUESTED',
        'DEPROVISIONED',
        'DEPROVISION_FAILED',
        'LEFT_IN_PLACE',
      ]),
      reason: orNull(text),
      failure: orNull(FailureSchema),
    }),
  ),
});

export const PortfolioDetailSchema = Type.Object({
  ...common,
  ...explained,
  ...times,
  stateSince: milliseconds,
  plan: Type.Object({ name: text, version: count, stages: Type.Array(text) }),
  advance: Type.Enum(['automatic', 'manual']),
  stages: Type.Array(StageSchema),
  after: Type.Array(StageSchema, { description: 'What is owed after completion and has begun' }),
  postponed: orNull(Type.Object({ code: text, message: text, until: orNull(milliseconds) })),
  paused: orNull(Type.Object({ reason: text, since: milliseconds })),
  failedAt: orNull(milliseconds),
  revision: count,
  position: count,
  commands: Type.Array(Type.Object({ command: text, stage: Type.Optional(text) })),
  children: Type.Array(Type.Object({ id: uuid, name: text, csp: text, state: text }), {
    description: 'Portfolios that named this one as their parent; they are taken back before it',
  }),
  leftOutside: Type.Array(
    Type.Object({ stage: text, certain: flag, command: orNull(Type.Literal('deprovision')), reason: orNull(text) }),
    { description: 'What an abandoned or deprovisioned portfolio left at the CSP, and the command that takes it back' },
  ),
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
  after: Type.Array(
    Type.Object({ name: text, label: text, when: text, payload: Type.Record(text, text), calls: Type.Array(text) }),
    { description: 'What can be owed once a portfolio is complete; names in braces stand for fields' },
  ),
  parents: Type.Array(Type.Object({ stage: text, csp: text, takes: Type.Array(text) })),
  migrations: Type.Array(Type.Object({ from: count, stages: Type.Record(text, text) })),
  states: Type.Array(text),
  transitions: Type.Array(Type.Object({ trigger: text, from: Type.Array(text), to: text, event: text })),
});
