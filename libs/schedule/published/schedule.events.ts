import { Type, type Static, type TObject } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent } from '#kernel';

export const SCHEDULE = 'schedule';
export const scheduleStream = (id: string): string => `${SCHEDULE}-${id}`;
/** One stream per instant at which a schedule is to run: firing leaves the schedule's own stream alone. */
export const OCCURRENCE = 'occurrence';
export const occurrenceStream = (id: string): string => `${OCCURRENCE}-${id}`;

/** What runs of a schedule are started by: `created_by` of their processes, and the actor of their events. */
export const actorOf = (scheduleId: string): string => `${SCHEDULE}:${scheduleId}`;

const time = Type.Number({ description: 'ms since the epoch' });
const by = Type.String({ description: 'who asked for it' });
const bounds = {
  /** Not before, ms since the epoch. */
  from: Type.Optional(time),
  /** Not after, ms since the epoch. */
  until: Type.Optional(time),
};

/** When a schedule runs. Cron patterns have six or seven fields, seconds first, and are read in the time zone (an IANA name). */
const TriggerSchema = Type.Union([
  Type.Object({ kind: Type.Literal('date'), at: time }),
  Type.Object({
    kind: Type.Literal('interval'),
    everyMs: Type.Integer({ minimum: 1_000 }),
    from: time,
    until: bounds.until,
  }),
  Type.Object({ kind: Type.Literal('cron'), pattern: Type.String(), timezone: Type.String(), ...bounds }),
]);
export type Trigger = Static<typeof TriggerSchema>;

/** Runs that fell due while nothing could run: `run_once`, however many they were, or `skip`. */
const MissedSchema = Type.Enum(['run_once', 'skip']);
export type Missed = Static<typeof MissedSchema>;

const given = Type.Record(Type.String(), Type.Unknown(), { description: 'the trigger as people gave it' });
const generation = Type.Integer({ minimum: 1, description: 'rises with every change of the trigger' });

const ofSchedule = {
  ScheduleCreated: Type.Object({
    name: Type.String(),
    workflow: Type.String(),
    trigger: TriggerSchema,
    given,
    missed: MissedSchema,
    /** Answers of the workflow's form. */
    pages: Type.Array(Type.Unknown()),
    by,
    time,
  }),
  /** Absent is unchanged. */
  ScheduleChanged: Type.Object({
    name: Type.Optional(Type.String()),
    trigger: Type.Optional(TriggerSchema),
    given: Type.Optional(given),
    missed: Type.Optional(MissedSchema),
    by,
    time,
  }),
  ScheduleDeleted: Type.Object({ by, time }),
  /** Its first run since it was made or changed is planned. */
  ScheduleArmed: Type.Object({ generation, at: time, time }),
} satisfies Record<string, TObject>;

const ofOccurrence = {
  OccurrencePlanned: Type.Object({ scheduleId: Type.String(), generation, at: time, time }),
  /** `next`: the instant that follows, ms since the epoch; null when there is none. */
  OccurrenceFired: Type.Object({ processId: Type.String(), next: Type.Union([time, Type.Null()]), time }),
  OccurrenceSkipped: Type.Object({
    code: Type.String({ description: 'missed, still_open, superseded, or of the refusal' }),
    message: Type.String(),
    processId: Type.Optional(Type.String({ description: 'of the run that is still open' })),
    next: Type.Union([time, Type.Null()]),
    time,
  }),
  /** The instant that follows is planned. */
  OccurrenceFollowed: Type.Object({ time }),
} satisfies Record<string, TObject>;

type EventsOf<S extends Record<string, TObject>> = { [T in keyof S & string]: DomainEvent<T, Static<S[T]>> }[keyof S &
  string];
export type ScheduleEvent = EventsOf<typeof ofSchedule>;
export type OccurrenceEvent = EventsOf<typeof ofOccurrence>;

const specs = (category: string, schemas: Readonly<Record<string, TObject>>): readonly EventSpec<string, never>[] =>
  Object.entries(schemas).map(([type, schema]) => ({ category, type, schema }));

/** Everything that can be in `schedule-` and `occurrence-` streams. */
export const scheduleEvents: readonly EventSpec<string, never>[] = [
  ...specs(SCHEDULE, ofSchedule),
  ...specs(OCCURRENCE, ofOccurrence),
];
