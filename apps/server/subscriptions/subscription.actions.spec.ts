import { describe, expect, it } from '@jest/globals';
import type { StartFacts } from '#subscription';
import { actionsOf } from './subscription.actions.js';

const KINDS = ['create', 'modify', 'terminate', 'system', 'validate', 'reconcile'] as const;
const offered = KINDS.map((kind) => ({ name: `${kind}_x`, target: kind.toUpperCase(), description: kind }));
const ready: StartFacts = { status: 'active', insync: true, creation: 'done', users: [] };
const related = { subscription_id: 'r', subscription_description: 'Related' };

describe('actions of a subscription', () => {
  it('are listed by kind, with the reason only where there is one', () => {
    const reason = 'subscription.no_modify_invalid_status';
    const actions = actionsOf(ready, offered, (name) => (name === 'create_x' ? { reason } : undefined));
    expect(Object.keys(actions)).toEqual([...KINDS]);
    expect(actions.create).toEqual([{ name: 'create_x', description: 'create', reason }]);
    expect(actions.modify).toEqual([{ name: 'modify_x', description: 'modify' }]);
  });

  it('say at the top what locks the subscription as a whole: itself before its relations', () => {
    const top = (facts: Partial<StartFacts>) => actionsOf({ ...ready, ...facts }, [], () => undefined);
    expect(top({})).not.toHaveProperty('reason');
    expect(top({ insync: false, lockedRelations: [related] })).toMatchObject({ reason: 'subscription.not_in_sync' });
    expect(top({ insync: false, lockedRelations: [related] })).not.toHaveProperty('locked_relations');
    expect(top({ lockedRelations: [related] })).toMatchObject({
      reason: 'subscription.relations_not_in_sync',
      locked_relations: ['r'],
      locked_relations_detail: [related],
    });
  });
});
