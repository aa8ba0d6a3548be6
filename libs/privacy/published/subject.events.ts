import { Type, type Static } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent } from '#kernel';

export const SUBJECT = 'subject';
/** What was decided about the personal data of a subject, which is known by the name under which its key is kept. */
export const subjectStream = (subject: string): string => `${SUBJECT}-${subject}`;

/** Of the event with which the key is gone. */
export const FORGOTTEN = 'SubjectForgotten';

const time = Type.Number({ description: 'ms since the epoch' });
const subject = Type.String({ description: 'whose data it is: the name under which the key is kept' });

const schemas = {
  /** From here on the key is as good as gone: whatever happens, it will be deleted. */
  ForgettingRequested: Type.Object({ subject, reason: Type.String(), time }),
  /** The key is deleted. */
  [FORGOTTEN]: Type.Object({ subject, time }),
};
type Schemas = typeof schemas;
export type SubjectEvent = { [T in keyof Schemas]: DomainEvent<T, Static<Schemas[T]>> }[keyof Schemas];

export const subjectEvents: readonly EventSpec<string, never>[] = Object.entries(schemas).map(([type, schema]) => ({
  category: SUBJECT,
  type,
  schema,
}));
