import type { TObject } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Answer, FormFault } from './form-answer.js';

/** What a schema's keywords are called in answers: the names of pydantic, which the Workflow Orchestrator's clients know. */
const TYPES: Readonly<Record<string, string>> = {
  minLength: 'string_too_short',
  maxLength: 'string_too_long',
  pattern: 'string_pattern_mismatch',
  minimum: 'greater_than_equal',
  maximum: 'less_than_equal',
  exclusiveMinimum: 'greater_than',
  exclusiveMaximum: 'less_than',
  minItems: 'too_short',
  maxItems: 'too_long',
  uniqueItems: 'unique_list',
  const: 'literal_error',
  format: 'value_error',
};
/** These only repeat what the keywords below them say. */
const SUMMARIES: ReadonlySet<string> = new Set(['boolean', '$ref', 'allOf', '$dynamicRef']);

interface Found {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: unknown;
}

/** Finds what of an answer does not fit a schema. The schema is compiled here, once. */
export function faultFinder(schema: TObject): (answer: unknown) => readonly FormFault[] {
  const compiled = Compile(schema);
  return (answer) => {
    if (compiled.Check(answer)) return [];
    const faults = compiled.Errors(answer)[1].flatMap((error) => faultsOf(error as Found, answer));
    return faults.length > 0
      ? faults
      : [{ loc: ['__root__'], msg: 'is not valid', type: 'value_error', input: answer }];
  };
}

function faultsOf({ keyword, instancePath, message, params }: Found, answer: unknown): readonly FormFault[] {
  const path = instancePath.split('/').slice(1).map(unescaped);
  const { requiredProperties = [], additionalProperties = [] } = params as Record<string, string[] | undefined>;
  if (keyword === 'required')
    return requiredProperties.map((key) => fault(answer, [...path, key], 'Field required', 'missing'));
  if (keyword === 'additionalProperties')
    return additionalProperties.map((key) =>
      fault(answer, [...path, key], 'Extra inputs are not permitted', 'extra_forbidden'),
    );
  if (SUMMARIES.has(keyword)) return [];
  return [fault(answer, path, message, typeOf(keyword, params))];
}

const typeOf = (keyword: string, params: unknown): string =>
  keyword === 'type'
    ? `${[(params as { type?: string | string[] }).type].flat().join('_or_')}_type`
    : (TYPES[keyword] ?? keyword);

/** JSON pointer escapes (RFC 6901). */
const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

function fault(answer: unknown, path: readonly string[], msg: string, type: string): FormFault {
  const loc: (string | number)[] = [];
  let input: unknown = answer;
  for (const part of path) {
    loc.push(Array.isArray(input) ? Number(part) : part);
    input = (input as Answer | null | undefined)?.[part];
  }
  return { loc: loc.length > 0 ? loc : ['__root__'], msg, type, input: input ?? null };
}
