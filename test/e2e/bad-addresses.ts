import { readFileSync } from 'node:fs';

interface Parameter {
  readonly name: string;
  readonly in: string;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: object;
}
const { paths } = JSON.parse(readFileSync('docs/reference/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** What stands in place of an id. */
const IDS = ['x', '0', '-1', '%00', '%F0%9F%92%A5', '..%2F..', "';DROP", '__proto__', 'constructor', '9'.repeat(300)];
/** What stands in place of a parameter's value; `%ED%A0%80` is half a surrogate pair. */
const VALUES = [
  '',
  'x',
  '-1',
  '1.5',
  '9'.repeat(30),
  '%00',
  '%ED%A0%80',
  '%25',
  ',',
  'a,',
  '__proto__,x',
  'constructor,asc',
  'x'.repeat(1_001),
];
/** An answer to a stream of events has no end, and a position is waited for: both have tests of their own. */
const apart = (path: string, name: string): boolean => path === '/api/events' || name === 'min_position';

/** Every operation with an id in its address, with each of its ids made odd. */
export const oddIds: readonly Asked[] = operations
  .filter(({ path }) => path.includes('{'))
  .flatMap(({ path, method, operation }) =>
    IDS.map((id) => ({
      method,
      path: path.replaceAll(/\{\w+\}/g, id),
      ...(operation.requestBody && { body: '{}' }),
    })),
  );

/** Every parameter of every query, with each odd value, and one given twice. `known`: what stands for ids. */
export const oddQueries = (known: (path: string) => string): readonly Asked[] =>
  operations.flatMap(({ path, method, operation }) =>
    (operation.parameters ?? [])
      .filter((each) => each.in === 'query' && !apart(path, each.name))
      .flatMap(({ name }) =>
        [...VALUES.map((value) => `${name}=${value}`), `${name}=a&${name}=b`].map((query) => ({
          method,
          path: `${known(path)}?${query}`,
          ...(operation.requestBody && { body: '[]' }),
        })),
      ),
  );

/** Every operation that takes a body, with one of 1 MiB, and with one that is called something else. */
export const oddBodies = (known: (path: string) => string): readonly Asked[] =>
  operations
    .filter(({ operation }) => operation.requestBody !== undefined)
    .map(({ path, method }) => ({ method, path: known(path), body: JSON.stringify({ a: 'x'.repeat(1024 * 1024) }) }));
