import { describe, expect, it } from '@jest/globals';
import { workflow, WorkflowRegistry } from '#workflow';
import type { Parts } from '../composition/parts.js';
import { StartRules, type Gathered } from './start-rules.js';

const about = { version: 1, target: 'MODIFY', description: 'x' } as const;
const workflows = new WorkflowRegistry([
  workflow({ ...about, key: 'open' }, []),
  workflow({ ...about, key: 'anns', authorize: { start: async ({ actor }) => actor === 'ann' } }, []),
]);
const offered = ['open', 'anns', 'lost'].map((name) => ({ name, target: 'MODIFY', description: name }));
const product = { productId: 'p', workflows: offered };
const catalogue = { find: (id: string) => (id === 'p' ? product : undefined) };
const rules = new StartRules({ workflows, catalogue } as Partial<Parts> as unknown as Parts);
const gathered = {
  found: { product_id: 'p' },
  facts: { status: 'active', insync: true, creation: 'done', users: [] },
  reconcileOutOfSync: false,
} as unknown as Gathered;

describe('rule 5', () => {
  it('asks each workflow whether the caller may start it, and waits for the answer', async () => {
    expect(await rules.forbidden(offered, { actor: 'bob', tenant: 't' })).toEqual(new Set(['anns']));
    expect(await rules.forbidden(offered, { actor: 'ann', tenant: 't' })).toEqual(new Set());
  });

  it('is the reason of what would start otherwise', () => {
    const reason = 'subscription.insufficient_workflow_permissions';
    expect(rules.hindranceOf(gathered, 'anns', false)).toEqual({ reason });
    expect(rules.hindranceOf(gathered, 'anns')).toBeUndefined();
  });
});
