import { expect, it } from '@jest/globals';
import { read } from '../repository/repository.js';

it('docs/how-to/add-a-csp.md shows every file of the provider as it is', () => {
  const text = read('docs/how-to/add-a-csp.md');
  const shown = [...text.matchAll(/<!-- file: (\S+) -->\n\n```ts\n([\s\S]*?)```/g)];
  expect(shown.map(([, path]) => path)).toEqual([
    'libs/csp/sandbox/sandbox.plan.ts',
    'libs/csp/sandbox/sandbox.csp.ts',
    'libs/csp/csps.ts',
    'libs/csp/sandbox/sandbox.plan-v2.ts',
  ]);
  for (const [, path, code] of shown) expect(code).toBe(read(path!));
});
