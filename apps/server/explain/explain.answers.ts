import { Type } from 'typebox';
import { FailureSchema } from '#runtime';
import { count, flag, milliseconds, orNull, text } from '../http/answer-schema.js';
import { WAITS } from './waits.js';

const KINDS = Object.entries(WAITS)
  .map(([kind, { means, next }]) => `${kind}: ${means}; ${next}`)
  .join('. ');

export const ExplanationSchema = Type.Object({
  stream: text,
  state: Type.String({ description: 'In its own words; CONFIGURATION_ERROR where no code here knows it' }),
  revision: count,
  position: count,
  open: flag,
  waits: Type.Array(
    Type.Object({
      for: Type.Enum(Object.keys(WAITS), { description: KINDS }),
      step: orNull(text),
      due: orNull(milliseconds),
      on: Type.Enum(['engine', 'outside', 'people']),
      means: text,
      next: text,
      since: milliseconds,
      assignee: orNull(text),
    }),
    { description: '`due`: when what is next happens by itself; null when no time brings it' },
  ),
  tries: Type.Array(
    Type.Object({
      step: text,
      attempts: count,
      since: milliseconds,
      answers: Type.Array(
        Type.Object({ at: milliseconds, event: text, attempt: orNull(count), failure: orNull(FailureSchema) }),
        { description: 'The last 20, oldest first' },
      ),
    }),
  ),
  commands: Type.Array(
    Type.Object({ command: text, step: orNull(text), method: Type.Enum(['POST', 'PUT', 'PATCH']), url: text }),
    { description: 'What fits now; each needs the role operate' },
  ),
});
