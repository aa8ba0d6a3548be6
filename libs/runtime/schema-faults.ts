import { Compile, type Validator } from 'typebox/schema';
import type { TSchema } from 'typebox';
import type { Fault } from '#kernel';

const compiled = new WeakMap<TSchema, Validator>();

function validator(schema: TSchema): Validator {
  const known = compiled.get(schema);
  if (known) return known;
  const made: Validator = Compile(schema);
  compiled.set(schema, made);
  return made;
}

/** What is wrong with a value, one fault per field; `below` is the pointer of the value itself. Empty when it fits. */
export function faultsOf(schema: TSchema, value: unknown, below = ''): readonly Fault[] {
  const check = validator(schema);
  if (check.Check(value)) return [];
  // A property that is not allowed is told twice, once by `boolean`: schema false.
  const errors = check.Errors(value)[1].filter((error) => error.keyword !== 'boolean');
  const faults = errors.flatMap((error) => {
    const named = names(error.params);
    return named.length > 0
      ? named.map((name) => ({ pointer: `${below}${error.instancePath}/${escape(name)}`, message: missing(error) }))
      : [{ pointer: `${below}${error.instancePath}`, message: error.message }];
  });
  return faults.filter((fault, index) => faults.findIndex((other) => other.pointer === fault.pointer) === index);
}

interface ValidationError {
  readonly keyword: string;
  readonly message: string;
}

/** Names of missing or unknown properties: the fault belongs to them and not to the object that lacks or has them. */
function names(params: unknown): readonly string[] {
  const { requiredProperties, additionalProperties } = params as Record<string, readonly string[] | undefined>;
  return requiredProperties ?? (Array.isArray(additionalProperties) ? additionalProperties : []);
}

const missing = (error: ValidationError): string =>
  error.keyword === 'required'
    ? 'is missing'
    : error.keyword === 'additionalProperties'
      ? 'is not known here'
      : error.message;

const escape = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
