import { Refusal } from '#kernel';
import { at } from './paths.js';

type Values = Readonly<Record<string, unknown>>;

const NAME = /\{(\+?)([a-z][a-z0-9_.]*)\}/g;
const WHOLE = /^\{([a-z][a-z0-9_.]*)\}$/;

/** Names every call may use beside its payload: an id that is the same in all attempts, and what a callback needs. */
export const OFFERED: readonly string[] = ['request_id', 'callback_url', 'deadline'];

/** Names that occur anywhere in a template, without the path below them. */
export function namesIn(template: unknown): readonly string[] {
  return [...JSON.stringify(template ?? null).matchAll(NAME)].map(([, , name]) => name!.split('.')[0]!);
}

/** A text with its names filled in, each escaped for a URL unless it says `{+name}`. Throws a Refusal for a name without value. */
export function fillPath(template: string, values: Values): string {
  return template.replace(NAME, (_all, raw: string, name: string) =>
    raw ? textOf(values, name) : encodeURIComponent(textOf(values, name)),
  );
}

/** A JSON template with its names filled in; fields without a value stay away, and objects that lost all of theirs. */
export function fill(template: unknown, values: Values): unknown {
  if (Array.isArray(template)) return template.map((item) => fill(item, values));
  if (typeof template === 'string') return fillText(template, values);
  if (typeof template !== 'object' || template === null) return template;
  const fields = Object.entries(template);
  const filled = fields
    .map(([key, item]) => [key, fill(item, values)] as const)
    .filter(([, item]) => item !== undefined);
  return filled.length === 0 && fields.length > 0 ? undefined : Object.fromEntries(filled);
}

function fillText(template: string, values: Values): unknown {
  const [, whole] = WHOLE.exec(template) ?? [];
  return whole === undefined
    ? template.replace(NAME, (_all, _raw, name: string) => textOf(values, name))
    : at(values, whole);
}

function textOf(values: Values, name: string): string {
  const value = at(values, name);
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Refusal('validation_failed', 400, `the call needs ${name}`);
}
