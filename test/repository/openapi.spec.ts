import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { read, root } from './repository.js';

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const PATH = 'docs/reference/openapi.json';
const committed = JSON.parse(read(PATH)) as Document;
const operations = Object.entries(committed.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);
const named = (lacks: (operation: Operation) => boolean) =>
  operations.filter(({ operation }) => lacks(operation)).map(({ name }) => name);

describe('the OpenAPI document', () => {
  it('is what the routes say (node dist/apps/server/openapi.main.js > docs/reference/openapi.json)', () => {
    const printed = execFileSync(process.execPath, ['dist/apps/server/openapi.main.js'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    expect(JSON.parse(printed)).toEqual(committed);
  });

  it('is OpenAPI 3.1 and has operations', () => {
    expect(committed.openapi).toBe('3.1.0');
    expect(operations.length).toBeGreaterThan(10);
  });

  it('gives every operation an id of its own and a tag', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(named((each) => !each.operationId || !each.tags?.length)).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells of every operation how it succeeds, and how it refuses as problem details', () => {
    const has = ({ responses }: Operation, digit: string, type?: string) =>
      Object.entries(responses).some(([s, { content }]) => s.startsWith(digit) && (!type || type in (content ?? {})));
    expect(named((each) => !has(each, '2'))).toEqual([]);
    expect(named((each) => !has(each, '4', 'application/problem+json'))).toEqual([]);
  });
});

describe('access in the OpenAPI document', () => {
  /** Everything else needs a token: a route is added here only when it authenticates otherwise or tells nothing. */
  const OPEN = [
    'GET /healthz',
    'GET /readyz',
    'POST /api/callbacks/{token}',
    'POST /api/processes/{id}/callback/{token}',
    'POST /api/processes/{id}/callback/{token}/progress',
  ];
  const closed = operations.filter(({ name }) => !OPEN.includes(name));

  it('leaves no other route open', () => {
    expect(named(({ security }) => security === undefined).sort()).toEqual(OPEN);
  });

  it('lists the role of each route: reading suffices for no command', () => {
    const wrong = closed.filter(({ name, operation }) => {
      const role = operation.security?.[0]?.['bearer']?.join() ?? '';
      return !(name.startsWith('GET ') ? ['read', 'operate', 'admin'] : ['operate', 'admin']).includes(role);
    });
    expect(wrong).toEqual([]);
  });

  it('lists 401 and 403 with each', () => {
    const silent = closed.filter(({ operation }) => !('401' in operation.responses && '403' in operation.responses));
    expect(silent).toEqual([]);
  });
});
