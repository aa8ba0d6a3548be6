import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Progress } from '#audit';
import { Refusal } from '#kernel';

const whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Who forges a cursor deceives nobody but the one who sends it. */
const cursor = Compile(
  Type.Object({
    log: Type.String(),
    position: whole,
    count: whole,
    hash: Type.String({ pattern: '^[\\w-]{43}$' }),
    suspect: Type.Optional(
      Type.Object({ stream: Type.String(), revision: Type.Integer({ minimum: -1 }), reason: Type.String() }),
    ),
  }),
);

export const cursorOf = (progress: Progress, log: string): string =>
  Buffer.from(JSON.stringify({ log, ...progress })).toString('base64url');

/** Refusal `bad_cursor` 400 for what is no cursor, or that of another log. */
export function progressOf(text: string, logId: string): Progress {
  const found = parsed(text);
  if (!cursor.Check(found) || found.log !== logId)
    throw new Refusal('bad_cursor', 400, 'this is no cursor of a verification of this log', {}, [
      { pointer: '/cursor', message: 'is not `next` of the part before' },
    ]);
  const { log: _, ...progress } = found;
  return progress;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
}
