import { Type } from 'typebox';
import { anyObject, orNull, seconds, text, uuid } from '../http/answer-schema.js';

/** In the words of the Workflow Orchestrator; here it is done when it is answered. */
export const ScheduleSaidSchema = Type.Object({ message: text, status: text, schedule_id: Type.Optional(uuid) });

export const ScheduleListSchema = Type.Array(
  Type.Object({
    schedule_id: uuid,
    name: text,
    workflow_name: text,
    workflow_id: uuid,
    trigger: Type.Enum(['date', 'interval', 'cron']),
    trigger_kwargs: anyObject,
    missed: Type.Enum(['run_once', 'skip']),
    user_inputs: Type.Array(Type.Unknown()),
    created_by: text,
    created_at: seconds,
    next_run_time: orNull(seconds),
    last_run: orNull(
      Type.Object({
        at: seconds,
        state: Type.Enum(['fired', 'skipped']),
        process_id: orNull(uuid),
        code: orNull(text),
        message: orNull(text),
      }),
    ),
  }),
);
