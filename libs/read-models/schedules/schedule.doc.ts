import type { RecordedEvent } from '#event-store';
import type { OccurrenceEvent, ScheduleEvent, Trigger } from '#schedule/published';

/** Times are ms since the epoch. */
export interface ScheduleDoc {
  readonly name: string;
  readonly workflow: string;
  readonly trigger: Trigger;
  readonly given: Readonly<Record<string, unknown>>;
  readonly missed: string;
  readonly pages: readonly unknown[];
  readonly createdBy: string;
  readonly createdAt: number;
  readonly generation: number;
  readonly deleted: boolean;
}

export function foldSchedule(doc: ScheduleDoc | undefined, recorded: RecordedEvent): ScheduleDoc | undefined {
  const event = recorded as unknown as ScheduleEvent;
  if (event.type === 'ScheduleCreated') {
    const { by: createdBy, time: createdAt, ...about } = event.data;
    return { ...about, createdBy, createdAt, generation: 1, deleted: false };
  }
  if (doc === undefined) return undefined;
  if (event.type === 'ScheduleDeleted') return { ...doc, deleted: true };
  if (event.type !== 'ScheduleChanged') return doc;
  const { by: _by, time: _time, ...changes } = event.data;
  return { ...doc, ...changes, generation: doc.generation + (changes.trigger === undefined ? 0 : 1) };
}

export interface OccurrenceDoc {
  readonly scheduleId: string;
  readonly generation: number;
  readonly at: number;
  readonly state: 'planned' | 'fired' | 'skipped';
  /** Of the run, or of the one that is in its way. */
  readonly processId: string | null;
  /** Why it was left out. */
  readonly code: string | null;
  readonly message: string | null;
}

export function foldOccurrence(doc: OccurrenceDoc | undefined, recorded: RecordedEvent): OccurrenceDoc | undefined {
  const event = recorded as unknown as OccurrenceEvent;
  if (event.type === 'OccurrencePlanned') {
    const { scheduleId, generation, at } = event.data;
    return { scheduleId, generation, at, state: 'planned', processId: null, code: null, message: null };
  }
  if (doc === undefined) return undefined;
  if (event.type === 'OccurrenceFired') return { ...doc, state: 'fired', processId: event.data.processId };
  if (event.type !== 'OccurrenceSkipped') return doc;
  const { code, message, processId = null } = event.data;
  return { ...doc, state: 'skipped', code, message, processId };
}
