import { Type } from 'typebox';
import { FailureSchema } from '#runtime';
import { explained } from '../explain/in-detail.js';
import { DifferenceSchema } from '#subscription/published';
import { anyObject, count, counts, flag, orNull, seconds, text, uuid } from '../http/answer-schema.js';

const common = {
  process_id: uuid,
  workflow_name: text,
  workflow_target: text,
  is_task: flag,
  created_by: text,
  failed_reason: orNull(text),
  started_at: seconds,
  last_status: text,
  last_step: orNull(text),
  assignee: text,
  last_modified_at: seconds,
  product_id: orNull(text),
  customer_id: orNull(text),
  note: orNull(text),
  workflow_id: uuid,
  subscriptions: Type.Array(Type.Object({ subscription_id: uuid })),
};

/** In lists state and steps are null, as the Workflow Orchestrator has it. */
export const ProcessListSchema = Type.Array(Type.Object({ ...common, current_state: Type.Null(), steps: Type.Null() }));

const StepSchema = Type.Object({
  step_id: text,
  key: text,
  name: text,
  status: text,
  retries: count,
  started: orNull(seconds),
  completed: orNull(seconds),
  failure: orNull(FailureSchema),
  failures: Type.Array(Type.Object({ failure: FailureSchema, count, first: Type.Number(), last: Type.Number() })),
  reason: orNull(text),
  progress: Type.Unknown(),
  state: orNull(anyObject),
  state_delta: Type.Unknown(),
});

export const ProcessDetailSchema = Type.Object({
  ...common,
  ...explained,
  current_state: anyObject,
  steps: Type.Array(StepSchema),
  form: orNull(anyObject),
  traceback: orNull(text),
  left_over: Type.Array(
    Type.Object({
      step: text,
      outcome: Type.Enum(['success', 'unknown']),
      commands: Type.Array(Type.Literal('compensate')),
    }),
    { description: 'what came to pass outside after an abort, or in a branch that counts no more, and is in no state' },
  ),
});

export const CountsSchema = Type.Object({ process_counts: counts, task_counts: counts });

const PlannedChangeSchema = Type.Object({
  subscription_id: text,
  field: text,
  from: Type.Unknown(),
  to: Type.Unknown(),
});
const PlannedStepSchema = Type.Object({
  key: text,
  name: text,
  effects: Type.Array(
    Type.Object({
      system: text,
      action: text,
      target: Type.Optional(anyObject),
      differences: Type.Optional(Type.Array(DifferenceSchema)),
    }),
  ),
  changes: Type.Array(PlannedChangeSchema),
  waits_for: orNull(Type.Enum(['person', 'time'])),
});
/** Of a dry run. */
export const PlanSchema = Type.Object({
  workflow: text,
  steps: Type.Array(PlannedStepSchema),
  changes: Type.Array(PlannedChangeSchema, { description: 'of all steps together, from before to the end' }),
  state: anyObject,
  stopped: Type.Union([Type.Object({ step: text, code: text, reason: text }), Type.Null()], {
    description: 'where the plan ends before the run would, or the run would fail; null when it goes to the end',
  }),
});
