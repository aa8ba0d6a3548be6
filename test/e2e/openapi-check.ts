import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';

type Content = Record<string, { schema?: object }>;
interface Operation {
  readonly responses: Record<string, { content?: Content }>;
}
interface Route {
  readonly path: string;
  readonly pattern: RegExp;
  readonly operations: Record<string, Operation>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

const DOCUMENT = new URL('../../docs/reference/openapi.json', import.meta.url);
const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as { paths: Record<string, Record<string, Operation>> };
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajvFormats.default(ajv);
ajv.addSchema(document, 'openapi', false, false);

/** Paths with fewer parameters first: `/subscriptions/workflows/{id}` before `/subscriptions/{id}`. */
const routes: readonly Route[] = Object.entries(document.paths)
  .map(([path, operations]) => ({ path, operations, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }))
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length);

const compiled = new Map<string, ValidateFunction>();

function validator(pointer: readonly string[]): ValidateFunction {
  const escaped = pointer.map((each) => encodeURIComponent(each.replaceAll('~', '~0').replaceAll('/', '~1')));
  const $ref = `openapi#/${escaped.join('/')}`;
  const known = compiled.get($ref) ?? ajv.compile({ $ref });
  compiled.set($ref, known);
  return known;
}

/**
 * Throws when the committed OpenAPI document does not foresee the answer: its status is not listed for route and method, its content
 * type is not, a body comes where none is described, or the body does not fit. Of addresses that are no route, only problem details
 * with 404 or 405 are foreseen.
 */
export function checkAnswer(method: string, target: string, answer: Answered): void {
  const path = target.replace(/[?#].*$/s, '').replace(/(?<=.)\/$/, '');
  const route = routes.find(({ pattern, operations }) => pattern.test(path) && method.toLowerCase() in operations);
  const operation = route?.operations[method.toLowerCase()];
  const fail = (why: string): never => {
    const where = `${method} ${route?.path ?? path} answered ${answer.status}`;
    throw new Error(
      `${where}, which docs/reference/openapi.json does not foresee: ${why}\n${answer.text.slice(0, 1_000)}`,
    );
  };
  const fits = (pointer: readonly string[]): void => {
    const validate = validator(pointer);
    if (!validate(answer.body)) fail(ajv.errorsText(validate.errors, { dataVar: 'body' }));
  };
  if (route === undefined || operation === undefined) {
    if (answer.status !== 404 && answer.status !== 405) fail('there is no such route');
    return fits(['components', 'schemas', 'ProblemDto']);
  }
  const response = operation.responses[answer.status];
  if (response === undefined) return fail(`listed are ${Object.keys(operation.responses).join(', ')}`);
  const { content } = response;
  const type = answer.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
  if (content === undefined) return answer.text === '' ? undefined : fail('no body is described');
  if (content[type] === undefined)
    return fail(`content type ${type || '(none)'}, not ${Object.keys(content).join(', ')}`);
  if (/[/+]json$/.test(type))
    fits(['paths', route.path, method.toLowerCase(), 'responses', String(answer.status), 'content', type, 'schema']);
}
