import { describe, expect, it } from '@jest/globals';
import { actionsOf } from './subscription.actions.js';

const workflows = ['CREATE', 'MODIFY', 'TERMINATE', 'SYSTEM', 'VALIDATE', 'RECONCILE'].map((target) => ({
  name: target.toLowerCase(),
  target,
  description: target,
}));
const reasons = (status: string, insync: boolean, isTask = (_: string) => false) => {
  const { reason, ...lists } = actionsOf({ status, insync }, workflows, isTask);
  return [reason, ...Object.values(lists).map(([action]) => action?.reason?.replace('subscription.', ''))];
};
const LOCKED = 'not_in_sync';
const STATUS = 'no_modify_invalid_status';

describe('actions of a subscription', () => {
  it('all but create may start on an active one', () => {
    expect(reasons('active', true)).toEqual([undefined, STATUS, ...Array<undefined>(5).fill(undefined)]);
  });

  it('only terminate may start while it is provisioned', () => {
    expect(reasons('provisioning', true)).toEqual([undefined, STATUS, STATUS, undefined, STATUS, STATUS, STATUS]);
  });

  it('out of sync it is locked, except for reconcile and tasks', () => {
    const answer = reasons('active', false, (name) => name === 'validate');
    expect(answer).toEqual([`subscription.${LOCKED}`, LOCKED, LOCKED, LOCKED, LOCKED, undefined, undefined]);
  });

  it('names the fitting states', () => {
    expect(actionsOf({ status: 'initial', insync: true }, workflows, () => false).terminate).toEqual([
      {
        name: 'terminate',
        description: 'TERMINATE',
        reason: 'subscription.no_modify_invalid_status',
        usable_when: ['active', 'provisioning'],
        status: 'initial',
        action: 'terminated',
      },
    ]);
  });
});
