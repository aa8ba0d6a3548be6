import type { Missed } from './schedule.events.js';

/** When to run, in the words of the Workflow Orchestrator (those of APScheduler); see docs/reference/schedules.md. */
export interface TriggerTerms {
  /** `date`, `interval` or `cron`; anything else is refused. */
  readonly trigger: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/** `time` is milliseconds since the epoch, `by` who asks. */
export type ScheduleCommand = CreateSchedule | ChangeSchedule | DeleteSchedule;

/** A repeat, also after the schedule was changed or deleted, is silence. Refusal `invalid_trigger` 422 with pointers. */
export interface CreateSchedule {
  readonly type: 'CreateSchedule';
  readonly name: string;
  readonly workflow: string;
  readonly terms: TriggerTerms;
  /** Default `run_once`. */
  readonly missed?: Missed;
  /** Answers of the workflow's form; the default starts a workflow that asks nothing. */
  readonly pages?: readonly unknown[];
  readonly by: string;
  readonly time: number;
}

/** Absent is unchanged. Refusals: `schedule_not_found` 404, `invalid_trigger` 422 with pointers. */
export interface ChangeSchedule {
  readonly type: 'ChangeSchedule';
  readonly name?: string;
  readonly terms?: TriggerTerms;
  readonly missed?: Missed;
  readonly by: string;
  readonly time: number;
}

/** No run of it begins any more; one that is under way goes on. Refusal `schedule_not_found` 404. */
export interface DeleteSchedule {
  readonly type: 'DeleteSchedule';
  readonly by: string;
  readonly time: number;
}

/** Sent by schedules and occurrences to the stream of the next instant. A repeat is silence. */
export interface PlanOccurrence {
  readonly type: 'PlanOccurrence';
  readonly scheduleId: string;
  readonly generation: number;
  /** ms since the epoch. */
  readonly at: number;
  readonly time: number;
}
