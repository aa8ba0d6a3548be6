import { describe, expect, it } from '@jest/globals';
import { claimTerms, hindrance, LIFECYCLE, refusalOf, type Startable, type StartFacts } from '../index.js';

const TARGETS = ['CREATE', 'MODIFY', 'TERMINATE', 'SYSTEM', 'VALIDATE', 'RECONCILE'] as const;
const ready: StartFacts = { status: 'active', insync: true, creation: 'done', users: [] };
const user = { subscription_id: 'u', subscription_description: 'User' };
const related = { subscription_id: 'r', subscription_description: 'Related' };
const holder = { processId: 'x', workflow: 'w', target: 'MODIFY' };
const asked = (workflow: Startable, facts: Partial<StartFacts>, product = {}) =>
  hindrance({ ...ready, ...facts }, { ...claimTerms(workflow, product), target: workflow.target });
const reason = (...given: Parameters<typeof asked>) => asked(...given)?.reason.replace('subscription.', '') ?? 'starts';
const named = (target: string, more: object = {}) => ({ name: 'w', target, ...more });

const STATUS = 'no_modify_invalid_status';
const IN_USE = 'no_modify_subscription_in_use_by_others';

describe('which workflow may start', () => {
  it.each([
    ['MODIFY', ['active']],
    ['TERMINATE', ['active', 'provisioning']],
    ['SYSTEM', ['active']],
    ['VALIDATE', ['active']],
    ['RECONCILE', ['active']],
    ['CREATE', []],
  ])('a %s by status: %j (rule 3)', (target, usable) => {
    for (const status of LIFECYCLE) {
      const found = asked(named(target), { status });
      const action = target === 'TERMINATE' ? 'terminated' : 'modified';
      const refused = { reason: `subscription.${STATUS}`, usable_when: usable, status, action };
      expect(found).toEqual(usable.includes(status) ? undefined : refused);
    }
  });

  it.each([
    // workflow, product, out of sync (rule 1), relations out of sync (rule 2)
    [named('MODIFY'), {}, 'not_in_sync', 'relations_not_in_sync'],
    [named('TERMINATE'), {}, 'not_in_sync', 'relations_not_in_sync'],
    [named('SYSTEM'), {}, 'not_in_sync', 'relations_not_in_sync'],
    [named('SYSTEM', { isTask: true }), {}, 'starts', 'starts'],
    [named('VALIDATE', { isTask: true }), {}, 'starts', 'starts'],
    [named('RECONCILE'), {}, 'not_in_sync', 'relations_not_in_sync'],
    [named('RECONCILE', { isTask: true }), {}, 'not_in_sync', 'relations_not_in_sync'],
    [named('RECONCILE'), { reconcileOutOfSync: true }, 'starts', 'starts'],
    [named('MODIFY'), { reconcileOutOfSync: true }, 'not_in_sync', 'relations_not_in_sync'],
    [{ name: 'modify_note', target: 'MODIFY' }, {}, 'starts', 'starts'],
    [named('MODIFY', { outOfSyncAllowed: true }), {}, 'starts', 'starts'],
  ])('%j of a product with %j: out of sync %s, relations out of sync %s', (workflow, product, first, second) => {
    expect(reason(workflow, { insync: false }, product)).toBe(first);
    expect(reason(workflow, { lockedRelations: [related] }, product)).toBe(second);
    expect(reason(workflow, { insync: false, lockedRelations: [related] }, product)).toBe(first);
  });

  it('names the relations that are out of sync (rule 2)', () => {
    expect(asked(named('MODIFY'), { lockedRelations: [related] })).toEqual({
      reason: 'subscription.relations_not_in_sync',
      locked_relations: ['r'],
      locked_relations_detail: [related],
    });
  });

  it('takes rule 1 before 2 before 3, and 4 over all of them, keeping their keys', () => {
    const all = { insync: false, lockedRelations: [related], status: 'disabled', users: [user] } as const;
    expect(reason(named('MODIFY'), all)).toBe('not_in_sync');
    expect(reason(named('MODIFY'), { ...all, insync: true })).toBe('relations_not_in_sync');
    expect(reason(named('MODIFY'), { status: 'disabled', users: [user] })).toBe(STATUS);
    expect(asked(named('TERMINATE'), { status: 'disabled', users: [user] })).toEqual({
      reason: `subscription.${IN_USE}`,
      usable_when: ['active', 'provisioning'],
      status: 'disabled',
      action: 'terminated',
      unterminated_in_use_by_subscriptions: ['u'],
      unterminated_in_use_by_subscriptions_detail: [user],
    });
    expect(asked(named('TERMINATE'), all)).toMatchObject({ reason: `subscription.${IN_USE}` });
  });

  it('blocks by users as the workflow says, also against the default of its target (rule 4)', () => {
    const blocked = TARGETS.filter((target) => reason(named(target), { users: [user] }) === IN_USE);
    expect(blocked).toEqual(['TERMINATE']);
    expect(reason(named('TERMINATE', { blockedByUsers: false }), { users: [user] })).toBe('starts');
    const modify = named('MODIFY', { blockedByUsers: true });
    expect(asked(modify, { users: [user] })).toMatchObject({ reason: `subscription.${IN_USE}`, action: 'modified' });
    const exempt = { ...modify, name: 'modify_note' };
    expect(reason(exempt, { insync: false, users: [user] })).toBe(IN_USE);
  });

  it('tells of missing permission, and of a holder, only what would start otherwise (rule 5)', () => {
    expect(reason(named('MODIFY'), { authorised: false })).toBe('insufficient_workflow_permissions');
    expect(reason(named('MODIFY'), { authorised: false, insync: false })).toBe('not_in_sync');
    expect(reason(named('MODIFY'), { authorised: true })).toBe('starts');
    expect(reason(named('MODIFY'), { authorised: false, holder })).toBe('insufficient_workflow_permissions');
    const claimed_by = { process_id: 'x', workflow_name: 'w' };
    expect(asked(named('MODIFY'), { holder })).toEqual({ reason: 'subscription.claimed', claimed_by });
  });

  it('lets a terminate end what was never created in full', () => {
    const left = { status: 'provisioning', insync: false } as const;
    expect(reason(named('TERMINATE'), { ...left, creation: 'running' })).toBe('not_in_sync');
    expect(reason(named('TERMINATE'), { ...left, creation: 'aborted' })).toBe('starts');
    expect(reason(named('TERMINATE'), { ...left, creation: 'done' })).toBe('not_in_sync');
    expect(reason(named('MODIFY', { usableWhen: ['provisioning'] }), { ...left, creation: 'aborted' })).toBe(
      'not_in_sync',
    );
  });

  it.each([
    [{ insync: false }, 'subscription_not_in_sync', 409, 'Subscription already has a running process or task'],
    [{ lockedRelations: [related] }, 'subscription_relations_not_in_sync', 409, /some related subscriptions/],
    [{ status: 'disabled' }, 'subscription_status_unfit', 409, /because of its status/],
    [{ authorised: false }, 'insufficient_workflow_permissions', 403, /may not start/],
    [{ holder }, 'subscription_claimed', 409, /Another process/],
  ] as const)('refuses %j at the form page as %s', (facts, code, status, text) => {
    const refusal = refusalOf(asked(named('MODIFY'), facts)!);
    expect(refusal).toMatchObject({ code, status, extra: { reason: asked(named('MODIFY'), facts)!.reason } });
    expect(refusal.message).toMatch(text);
  });
});
