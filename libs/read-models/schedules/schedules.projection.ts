import { OCCURRENCE, SCHEDULE } from '#schedule/published';
import type { OccurrenceRow, ScheduleRow } from '../database/tables.js';
import { streamProjection } from '../projector/stream-rows.js';
import { foldOccurrence, foldSchedule, type OccurrenceDoc, type ScheduleDoc } from './schedule.doc.js';

export const schedulesProjection = streamProjection<ScheduleRow, ScheduleDoc>({
  name: 'schedules',
  version: 1,
  category: SCHEDULE,
  columnNames: ['workflow', 'status', 'created_at'],
  fold: foldSchedule,
  columns: ({ workflow, deleted, createdAt }) => ({
    workflow,
    status: deleted ? 'deleted' : 'active',
    created_at: createdAt,
  }),
});

export const occurrencesProjection = streamProjection<OccurrenceRow, OccurrenceDoc>({
  name: 'occurrences',
  version: 1,
  category: OCCURRENCE,
  columnNames: ['schedule_id', 'at', 'state'],
  fold: foldOccurrence,
  // What a change of the schedule left behind tells nothing of its runs.
  columns: ({ scheduleId, at, state, code }) => ({
    schedule_id: scheduleId,
    at,
    state: code === 'superseded' ? code : state,
  }),
});
