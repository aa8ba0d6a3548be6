import { Type } from 'typebox';
import { conditional, inputStep, step, workflow, type FormPage } from '../index.js';

const text = Type.String();
const approved = { approved: Type.Boolean() };

/** What the steps need of the world outside; the composition gives the real one, a test a fake. */
export interface Directory {
  rename(from: string, to: string, call: { readonly key: string; readonly signal: AbortSignal }): Promise<void>;
}

const approval: readonly FormPage[] = [{ schema: () => Type.Object(approved, { title: 'May it be renamed?' }) }];

export const renameGroup = (directory: Directory) =>
  workflow(
    {
      key: 'rename_group',
      version: 1,
      target: 'MODIFY',
      description: 'Rename a group',
      input: { old_name: text, new_name: text },
    },
    [
      step({ key: 'init', name: 'Start' }),
      inputStep({ key: 'approve', name: 'Approve', pages: approval, adds: approved, assignee: 'NOC' }),
      conditional({
        key: 'if_approved',
        reads: approved,
        when: (state) => state.approved,
        steps: [
          step({
            key: 'rename',
            name: 'Rename in the directory',
            reads: { old_name: text, new_name: text },
            adds: { renamed_at: Type.Number() },
            handler: async ({ old_name, new_name }, context) => {
              await directory.rename(old_name, new_name, { key: context.idempotencyKey, signal: context.signal });
              return { renamed_at: context.now() };
            },
            plan: ({ old_name, new_name }, context) => ({
              effects: [{ system: 'directory', action: 'rename', target: { old_name, new_name } }],
              adds: { renamed_at: context.now() },
            }),
            compensate: ({ old_name, new_name }, { idempotencyKey: key, signal }) =>
              directory.rename(new_name, old_name, { key, signal }),
          }),
        ],
      }),
    ],
  );
