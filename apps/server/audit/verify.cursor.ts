import { Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Progress, Scope, ScopeProgress } from '#audit';
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

const scopeCursor = Compile(Type.Object({ log: Type.String(), scope: Type.String(), at: whole, count: whole }));

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const cursorOf = (progress: Progress, log: string): string => encoded({ log, ...progress });

/** Refusal `bad_cursor` 400 for what is no cursor, or that of another log. */
export function progressOf(text: string, logId: string): Progress {
  const found = parsed(text);
  if (!cursor.Check(found) || found.log !== logId) throw noCursor();
  const { log: _, ...progress } = found;
  return progress;
}

const named = (scope: Scope): string => JSON.stringify(Object.entries(scope)[0]);

export const scopeCursorOf = (progress: ScopeProgress, scope: Scope, log: string): string =>
  encoded({ log, scope: named(scope), ...progress });

/** Refusal `bad_cursor` 400, also for a cursor of another scope. */
export function scopeProgressOf(text: string, scope: Scope, logId: string): ScopeProgress {
  const found = parsed(text);
  if (!scopeCursor.Check(found) || found.log !== logId || found.scope !== named(scope)) throw noCursor();
  return { at: found.at, count: found.count };
}

const noCursor = (): Refusal =>
  new Refusal('bad_cursor', 400, 'this is no cursor of such a verification of this log', {}, [
    { pointer: '/cursor', message: 'is not `next` of the part before' },
  ]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
}
