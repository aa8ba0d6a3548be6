import { Refusal } from '#kernel';

/** Levels of nesting: far more than any document here has, far fewer than a recursion can take. */
const DEEPEST = 100;

/** Refusal `validation_failed` 400 of a body whose nesting is made to exhaust the stack of whoever walks through it. */
export function tooDeep(body: unknown): Refusal | undefined {
  if (!isDeeper(body, DEEPEST)) return undefined;
  const errors = [{ pointer: '', message: `must not be nested deeper than ${DEEPEST} levels` }];
  return new Refusal('validation_failed', 400, 'the body is nested too deeply', {}, errors);
}

function isDeeper(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((part) => isDeeper(part, left - 1));
}
