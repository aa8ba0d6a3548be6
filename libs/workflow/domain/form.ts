import { Type, type TObject, type TProperties } from 'typebox';
import { Compile } from 'typebox/compile';

/** One page of a form: JSON Schema with the extension keys of the Workflow Orchestrator (`format` and others). */
export interface FormPage<L = unknown> {
  /** May depend on earlier answers and on live data. One that always gives the same object is compiled once. */
  readonly schema: (answers: readonly Answer[], live: L) => TObject | Promise<TObject>;
  /** Checks that a schema cannot say. */
  readonly check?: (answer: Answer, live: L) => readonly FormFault[] | Promise<readonly FormFault[]>;
  /** What of the answer enters the state; default all of it. */
  readonly enters?: (answer: Answer) => Answer;
}
export type Answer = Readonly<Record<string, unknown>>;
export interface FormFault {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
  readonly input: unknown;
  /** What a program may want to know of it. */
  readonly ctx?: object;
}
export type FormResult =
  | { readonly kind: 'more'; readonly form: object; readonly hasNext: boolean }
  | { readonly kind: 'invalid'; readonly errors: readonly FormFault[] }
  | { readonly kind: 'complete'; readonly data: Answer };

/**
 * Replays the wizard from its first page with the answers given so far. A workflow without pages has an empty one, so that `[]` only
 * asks and `[{}]` starts. Unknown keys and answers beyond the last page are invalid.
 */
export async function evaluateForm<L>(
  pages: readonly FormPage<L>[],
  answers: readonly unknown[],
  live: L,
): Promise<FormResult> {
  const asked: readonly FormPage<L>[] = pages.length > 0 ? pages : [EMPTY];
  for (const [index, page] of asked.entries()) {
    const form = closed(await page.schema(answers.slice(0, index) as Answer[], live));
    if (index >= answers.length) return { kind: 'more', form, hasNext: index < asked.length - 1 };
    const answer = answers[index];
    const errors = faultsOf(form, answer);
    const all = errors.length > 0 ? errors : ((await page.check?.(answer as Answer, live)) ?? []);
    if (all.length > 0) return { kind: 'invalid', errors: all };
  }
  if (answers.length > asked.length)
    return {
      kind: 'invalid',
      errors: [{ loc: ['__root__'], msg: 'Too many pages', type: 'too_many_pages', input: answers.length }],
    };
  const entering = (answers as Answer[]).map((answer, index) => asked[index]!.enters?.(answer) ?? answer);
  return { kind: 'complete', data: Object.assign({}, ...entering) as Answer };
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

const NOTHING_ASKED = { type: 'object', properties: {}, required: [] } as never;
const EMPTY: FormPage = { schema: () => NOTHING_ASKED };

/** What the initial state of a workflow lacks or has wrong, by its declared input; empty when it may start. */
export const inputFaults = (input: TProperties | undefined, state: Answer): readonly FormFault[] =>
  input === undefined ? [] : faultsOf(objectOf(input), state);

const objectOf = oncePer((input: TProperties) => Type.Object(input));
const closed = oncePer(
  (schema: TObject): TObject => ({ title: 'unknown', ...schema, additionalProperties: false }) as TObject,
);
const compiledOf = oncePer((form: TObject) => Compile(form));

function faultsOf(form: TObject, answer: unknown): FormFault[] {
  const compiled = compiledOf(form);
  if (compiled.Check(answer)) return [];
  return compiled.Errors(answer).flatMap((e) => {
    const path = e.instancePath.split('/').slice(1);
    const { requiredProperties, additionalProperties } = e.params as Record<string, string[] | undefined>;
    const at = (key: string | undefined, msg: string, type: string): FormFault => {
      const loc = key === undefined ? path : [...path, key];
      const input = loc.reduce<unknown>((value, part) => (value as Answer | undefined)?.[part], answer);
      return { loc: loc.length > 0 ? loc : ['__root__'], msg, type, input: input ?? null };
    };
    if (e.keyword === 'required') return (requiredProperties ?? []).map((key) => at(key, 'Field required', 'missing'));
    if (e.keyword === 'additionalProperties')
      return (additionalProperties ?? []).map((key) => at(key, 'Extra inputs are not permitted', 'extra_forbidden'));
    return e.keyword === 'boolean' ? [] : [at(undefined, e.message, e.keyword)];
  });
}
