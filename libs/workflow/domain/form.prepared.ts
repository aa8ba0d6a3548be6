import { Type, type TObject, type TProperties } from 'typebox';
import type { Answer, FormFault } from './form-answer.js';
import { faultFinder } from './form.faults.js';
import { DISPLAYED } from './form-formats.js';

/** A page's schema with what is worked out from it once. */
export interface PreparedForm {
  /** As it is asked: closed, with a title. */
  readonly form: TObject;
  readonly faults: (answer: unknown) => readonly FormFault[];
  /** Without what is only shown, and with the defaults of what is not answered. What is no object is left as it is. */
  readonly complete: (answer: unknown) => unknown;
}

/** Remembers what `make` gave for an object: compiling a schema costs more than everything else a start does. */
function oncePer<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}

export const preparedForm = oncePer((schema: TObject): PreparedForm => {
  const form = { title: 'unknown', ...schema, additionalProperties: false } as TObject;
  return { form, faults: faultFinder(form), complete: completing(form) };
});

const inputFinder = oncePer((input: TProperties) => faultFinder(Type.Object(input)));

/** What the initial state of a workflow lacks or has wrong, by its declared input; empty when it may start. */
export const inputFaults = (input: TProperties | undefined, state: Answer): readonly FormFault[] =>
  input === undefined ? [] : inputFinder(input)(state);

function completing(form: TObject): (answer: unknown) => unknown {
  const fields = Object.entries(form.properties as Readonly<Record<string, { format?: string; default?: unknown }>>);
  const shown = fields.filter(([, { format }]) => DISPLAYED.has(format ?? '')).map(([key]) => key);
  const defaults = fields.filter(([key, field]) => field.default !== undefined && !shown.includes(key));
  return (answer) => {
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return answer;
    const own: Record<string, unknown> = { ...answer };
    for (const key of shown) delete own[key];
    for (const [key, field] of defaults) if (own[key] === undefined) own[key] = field.default;
    return own;
  };
}
