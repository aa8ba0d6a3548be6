import { describe, expect, it } from '@jest/globals';
import { read } from '../../../test/repository/repository.js';
import * as workflowLibrary from '../index.js';
import { Driven } from './driving.js';
import { renameGroup } from './rename-group.js';

const text = read('docs/how-to/write-a-workflow.md');

describe('docs/how-to/write-a-workflow.md', () => {
  it('shows the file as it is', () => {
    const shown = [...text.matchAll(/<!-- file: (\S+) -->\n\n```ts\n([\s\S]*?)```/g)];
    expect(shown.map(([, path]) => path)).toEqual([
      'libs/workflow/test/rename-group.ts',
      'libs/products/test/renaming.ts',
      'libs/workflow/test/rename-group.survives.spec.ts',
    ]);
    for (const [, path, code] of shown) expect(code).toBe(read(path!));
  });

  it('names every kind of step, where it stands, and none that is not there', () => {
    const rows = [...text.matchAll(/^\| `(\w+)` +\| (steps\/\S+\.ts)/gm)];
    for (const [, kind, path] of rows) {
      expect(workflowLibrary).toHaveProperty(kind!);
      expect(read(`libs/workflow/domain/${path}`)).toContain(kind);
    }
    const files = [...read('libs/workflow/domain/steps/index.ts').matchAll(/'\.\/(\S+)\.js'/g)].map(([, file]) => file);
    expect([...new Set(rows.map(([, , path]) => path))].sort()).toEqual(files.map((file) => `steps/${file}.ts`).sort());
  });

  it('is a workflow that does what it says', () => {
    const driven = new Driven(renameGroup({ rename: () => Promise.resolve() }));
    driven.begin('rename_group', { old_name: 'a', new_name: 'b' }).done('init/1');
    expect(driven.started.status).toBe('suspended');
    driven.resume({ input: { approved: true } });
    expect(driven.run().input).toMatchObject({ step: 'if_approved/rename', state: { old_name: 'a', new_name: 'b' } });
    expect(driven.done('if_approved/rename/1', { renamed_at: 5 }).started.status).toBe('completed');
    const refused = new Driven(renameGroup({ rename: () => Promise.reject(new Error('not asked')) }));
    refused
      .begin('rename_group', { old_name: 'a', new_name: 'b' })
      .done('init/1')
      .resume({ input: { approved: false } });
    expect([refused.started.status, refused.types.at(-2)]).toEqual(['completed', 'StepSkipped']);
  });
});
