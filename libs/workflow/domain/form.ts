import type { TObject } from 'typebox';
import type { Answer, FormFault } from './form-answer.js';
import { preparedForm, type PreparedForm } from './form.prepared.js';

export type { Answer, FormFault } from './form-answer.js';
export { inputFaults } from './form.prepared.js';

/** One page of a form: JSON Schema with the extension keys of the Workflow Orchestrator (see form-fields.ts). */
export interface FormPage<L = any> {
  /** May depend on earlier answers and on live data. One that always gives the same object is compiled once. */
  readonly schema: (answers: readonly Answer[], live: L) => TObject | Promise<TObject>;
  /** Whether it is asked at all, told by the answers before it; always if absent. */
  readonly when?: (answers: readonly Answer[], live: L) => boolean | Promise<boolean>;
  /** Checks that a schema cannot say. */
  readonly check?: (answer: Answer, live: L, before: readonly Answer[]) => Faults | Promise<Faults>;
  /** What of the answer enters the state; default all of it. */
  readonly enters?: (answer: Answer, live: L, before: readonly Answer[]) => Answer | Promise<Answer>;
}
type Faults = readonly FormFault[];

export type FormResult =
  | { readonly kind: 'more'; readonly form: object; readonly hasNext: boolean }
  | { readonly kind: 'invalid'; readonly errors: readonly FormFault[] }
  | { readonly kind: 'complete'; readonly data: Answer };

/**
 * Replays the wizard from its first page with the answers given so far; nothing is kept between requests. A form without pages has an
 * empty one, so that `[]` only asks and `[{}]` starts. Unknown keys and answers beyond the last page are invalid. A field that is not
 * answered has its default.
 */
export async function evaluateForm<L>(
  pages: readonly FormPage<L>[],
  given: readonly unknown[],
  live: L,
): Promise<FormResult> {
  const asked = pages.length > 0 ? pages : [EMPTY];
  const answers: Answer[] = [];
  const data: Record<string, unknown> = {};
  for (const [index, page] of asked.entries()) {
    if (page.when !== undefined && !(await page.when(answers, live))) continue;
    const prepared = preparedForm(await page.schema(answers, live));
    if (answers.length >= given.length) return { kind: 'more', form: prepared.form, hasNext: index < asked.length - 1 };
    const read = await readPage(page, prepared, given[answers.length], answers, live);
    if ('errors' in read) return { kind: 'invalid', errors: read.errors };
    Object.assign(data, page.enters ? await page.enters(read.answer, live, answers) : read.answer);
    answers.push(read.answer);
  }
  return given.length > answers.length ? tooMany(given.length) : { kind: 'complete', data };
}

async function readPage<L>(
  page: FormPage<L>,
  { faults, complete }: PreparedForm,
  given: unknown,
  before: readonly Answer[],
  live: L,
): Promise<{ readonly answer: Answer } | { readonly errors: Faults }> {
  const answer = complete(given);
  const errors = faults(answer);
  if (errors.length > 0) return { errors };
  const found = (await page.check?.(answer as Answer, live, before)) ?? [];
  return found.length > 0 ? { errors: found } : { answer: answer as Answer };
}

const tooMany = (input: number): FormResult => ({
  kind: 'invalid',
  errors: [{ loc: ['__root__'], msg: 'Too many pages', type: 'too_many_pages', input }],
});

const NOTHING_ASKED = { type: 'object', properties: {}, required: [] } as never;
const EMPTY: FormPage = { schema: () => NOTHING_ASKED };
