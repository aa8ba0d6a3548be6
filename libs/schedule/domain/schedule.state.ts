import type { Missed, Trigger } from '../published/index.js';

interface ScheduleCommon {
  readonly name: string;
  readonly workflow: string;
  readonly trigger: Trigger;
  readonly missed: Missed;
  readonly pages: readonly unknown[];
  /** Rises with every change of the trigger: what was planned under an earlier one does not run. */
  readonly generation: number;
  /** Since when the trigger is as it is, ms since the epoch. */
  readonly since: number;
  /** The last generation whose first run is planned; 0 for none. */
  readonly armed: number;
}

export type ScheduleState =
  | { readonly status: 'none' }
  | ({ readonly status: 'active' } & ScheduleCommon)
  | ({ readonly status: 'deleted' } & ScheduleCommon);
export type ActiveSchedule = Extract<ScheduleState, { status: 'active' }>;
