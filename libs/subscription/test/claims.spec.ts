import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  subscriptionDecider,
  type ClaimSubscription,
  type ExistingSubscription,
  type SubscriptionCommand,
  type SubscriptionState,
} from '../index.js';

const decider = subscriptionDecider({ missing: () => [], faults: () => [], metadataFaults: () => [] });
const holder = { processId: 'creator', workflow: 'create', target: 'CREATE' };
const about = { productId: 'p', productName: 'P', customerId: 'c', description: 'd' };
const created = { type: 'CreateSubscription', ...about, processId: 'creator', holder, time: 1 } as const;
const apply = (state: SubscriptionState, command: SubscriptionCommand) =>
  decider.decide(command, state).reduce(decider.evolve, state);
const given = (...commands: readonly SubscriptionCommand[]) =>
  [created, ...commands].reduce(apply, decider.initial()) as ExistingSubscription;

const claim = (processId: string, over: Partial<ClaimSubscription> = {}): ClaimSubscription => ({
  type: 'ClaimSubscription',
  processId,
  workflow: 'modify',
  target: 'MODIFY',
  isTask: false,
  time: 2,
  usableWhen: ['active'],
  outOfSyncAllowed: false,
  blockedByUsers: false,
  ...over,
});
const release = (processId: string) => ({ type: 'ReleaseSubscription', processId, time: 3 }) as const;
const status = (to: 'active' | 'provisioning' | 'terminated') => ({ type: 'SetStatus', status: to, time: 2 }) as const;
const resync = { type: 'Resync', processId: 'creator', time: 2 } as const;
const ready = [status('active'), resync, release('creator')] as const;
const terminate: Partial<ClaimSubscription> = {
  target: 'TERMINATE',
  usableWhen: ['active', 'provisioning'],
  blockedByUsers: true,
};
const reserve = (userSubscriptionId: string, over: object = {}) =>
  ({ type: 'ReserveUse', userSubscriptionId, processId: 'user', time: 2, ...over }) as const;
const letGo = (userSubscriptionId: string) =>
  ({ type: 'ReleaseUse', userSubscriptionId, processId: 'user', time: 2 }) as const;
const refused = (state: SubscriptionState, command: SubscriptionCommand, code: string, extra: object = {}) =>
  expect(() => decider.decide(command, state)).toThrow(
    expect.objectContaining({ code, status: 409, extra: expect.objectContaining(extra) }),
  );

describe('the claim of a subscription', () => {
  it('is its creator’s from the first event on, until it lets go', () => {
    const claimed_by = { process_id: 'creator', workflow_name: 'create' };
    refused(given(), claim('a'), 'subscription_claimed', { reason: 'subscription.claimed', claimed_by });
    expect(apply(given(...ready), claim('a'))).toMatchObject({ holder: { processId: 'a', workflow: 'modify' } });
  });

  it('is silent for its holder, and for who lets go without holding it', () => {
    const state = given(...ready, claim('a'));
    expect(decider.decide(claim('a'), state)).toEqual([]);
    expect(decider.decide(release('b'), state)).toEqual([]);
  });

  it('is not given to a process that let go of it before', () => {
    const state = given(...ready, claim('a'), release('a'));
    expect(decider.decide(claim('a'), state)).toEqual([]);
    expect(decider.decide(claim('b'), state)).toHaveLength(1);
  });

  it('is given to it in another turn, which a late release of the turn before does not end', () => {
    const again = claim('a', { turn: 2, outOfSyncAllowed: true });
    const state = given(...ready, claim('a'), release('a'), again);
    expect(state.holder).toMatchObject({ processId: 'a', turn: 2 });
    expect([decider.decide(release('a'), state), decider.decide(again, state)]).toEqual([[], []]);
    const over = apply(state, { ...release('a'), turn: 2 });
    expect(over).toMatchObject({ holder: undefined });
    expect(decider.decide(again, over)).toEqual([]);
    refused(given(...ready, claim('b')), again, 'subscription_claimed');
  });

  it('is refused by the rules of its terms', () => {
    const unsynced = given(...ready.slice(0, 2), { type: 'Unsync', processId: 'creator', time: 2 }, release('creator'));
    refused(unsynced, claim('a'), 'subscription_not_in_sync', { reason: 'subscription.not_in_sync' });
    expect(decider.decide(claim('a', { outOfSyncAllowed: true }), unsynced)).toHaveLength(1);
    const why = { usable_when: ['initial'], subscription_status: 'active', action: 'modified' };
    refused(given(...ready), claim('a', { usableWhen: ['initial'] }), 'subscription_status_unfit', why);
    const users = { unterminated_in_use_by_subscriptions: ['u'] };
    refused(given(...ready, reserve('u')), claim('a', terminate), 'subscription_in_use', users);
    expect(decider.decide(claim('a'), given(...ready, reserve('u')))).toHaveLength(1);
  });

  it('is refused on another version than the present one', () => {
    const state = given(...ready);
    expect(state.version).toBeGreaterThan(1);
    expect(decider.decide(claim('a', { version: state.version }), state)).toHaveLength(1);
    expect(() => decider.decide(claim('a', { version: 1 }), state)).toThrow(
      expect.objectContaining({ code: 'stale_version', status: 400, extra: { version: state.version } }),
    );
  });

  it('is for a terminate from provisioning only after the create was aborted', () => {
    const creating = given(status('provisioning'));
    refused(creating, claim('t', terminate), 'subscription_claimed');
    const aborted = apply(creating, release('creator'));
    expect(aborted).toMatchObject({ creation: 'aborted', insync: false });
    expect(decider.decide(claim('t', terminate), aborted)).toHaveLength(1);
    refused(aborted, claim('m', { usableWhen: ['provisioning'] }), 'subscription_not_in_sync');
    const unsync = { type: 'Unsync', processId: 'm', time: 2 } as const;
    const modified = given(...ready, claim('m'), status('provisioning'), unsync, release('m'));
    refused(modified, claim('t', terminate), 'subscription_not_in_sync');
  });
});

describe('a change by a process', () => {
  const change = { type: 'SetValues', block: 'b', values: { f: 1 }, processId: 'child', time: 2 } as const;
  const changes: readonly SubscriptionCommand[] = [
    change,
    { type: 'SetStatus', status: 'provisioning', processId: 'child', time: 2 },
    { type: 'SetDescription', description: 'new', processId: 'child', time: 2 },
    { type: 'SetNote', note: 'n', processId: 'child', time: 2 },
    { type: 'SetMetadata', metadata: { a: 1 }, processId: 'child', time: 2 },
    { type: 'Unsync', processId: 'child', time: 2 },
    { type: 'Resync', processId: 'child', time: 2 },
    { type: 'ReportDrift', differences: [{ path: 'b.f', expected: 1, found: 2 }], processId: 'child', time: 2 },
    { type: 'RelateProcess', workflow: 'w', target: 'MODIFY', processId: 'child', time: 2 },
  ];
  it.each(changes)('$type is taken only from who holds it, or works for the holder', (command) => {
    const state = given(...ready, claim('root'));
    const claimed_by = { process_id: 'root', workflow_name: 'modify' };
    refused(state, command, 'subscription_not_claimed', { claimed_by });
    refused(given(...ready), command, 'subscription_not_claimed');
    refused(apply(state, release('root')), { ...command, holderId: 'root' }, 'subscription_not_claimed');
    expect(() => decider.decide({ ...command, holderId: 'root' }, state)).not.toThrow();
    expect(() => decider.decide(command, given(...ready, claim('child')))).not.toThrow();
  });
  it('is not asked of people', () => {
    const state = given(...ready, claim('root'));
    for (const command of [
      { type: 'SetNote', note: 'n', time: 2 },
      { type: 'SetMetadata', metadata: { a: 1 }, time: 2 },
      { type: 'SetCustomerDescription', id: '1', customerId: 'c', description: 'd', existing: false, time: 2 },
    ] as const)
      expect(decider.decide(command, state)).toHaveLength(1);
  });
});

describe('the use of a subscription by another', () => {
  it('is reserved once, told its status, and let go', () => {
    const state = given(...ready, reserve('u'));
    expect(decider.decide(reserve('u'), state)).toEqual([]);
    expect(apply(state, reserve('u', { userStatus: 'active' }))).toMatchObject({ users: { u: 'active' } });
    expect(apply(state, letGo('u'))).toMatchObject({ users: {} });
    expect(decider.decide(letGo('v'), state)).toEqual([]);
  });

  it('does not begin while it is being terminated, or is', () => {
    const ending = given(...ready, claim('t', terminate));
    refused(ending, reserve('u'), 'subscription_ending', { claimed_by: expect.anything() });
    refused(given(...ready, status('terminated')), reserve('u'), 'subscription_ending');
    const forced = given(...ready, reserve('u'), claim('t', { ...terminate, blockedByUsers: false }));
    expect(decider.decide(reserve('u', { userStatus: 'terminated' }), forced)).toHaveLength(1);
  });

  it('is asked for again while a process may bring it into a status that fits', () => {
    const modified = given(...ready, claim('m'), status('provisioning'));
    const usable = { usableWhen: ['active'] };
    expect(() => decider.decide(reserve('u', usable), modified)).toThrow(
      expect.objectContaining({
        code: 'subscription_changing',
        status: 503,
        extra: expect.objectContaining({ retryAfter: 1, claimed_by: { process_id: 'm', workflow_name: 'modify' } }),
      }),
    );
    refused(apply(modified, release('m')), reserve('u', usable), 'subscription_status_unfit');
    expect(decider.decide(reserve('u', usable), apply(modified, status('active')))).toHaveLength(1);
  });

  it('of a user that told its end blocks nothing', () => {
    const state = given(...ready, reserve('u', { userStatus: 'terminated' }));
    expect(decider.decide(claim('t', terminate), state)).toHaveLength(1);
  });
});

it('has at most one holder, and none that has ended, whatever arrives when and how often', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const move = fc.record({
    kind: fc.constantFrom('claim', 'claim', 'end', 'release', 'reserve', 'letGo'),
    id: fc.constantFrom(...ids),
    terms: fc.constantFrom({}, terminate),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      let state: SubscriptionState = given(...ready);
      const [ended, late] = [new Set<string>(), new Set<string>()];
      for (const { kind, id, terms } of moves) {
        const before = (state as ExistingSubscription).holder;
        // A process that has ended claims again only by a delayed attempt of a claim it made.
        if (kind === 'claim' && ended.has(id) && !late.has(id)) continue;
        if (kind === 'end' && before?.processId !== id) continue;
        if (kind === 'end') ended.add(id);
        if (kind === 'claim') late.add(id);
        const command = {
          claim: claim(id, terms),
          end: release(id),
          release: release(id),
          reserve: reserve(id),
          letGo: letGo(id),
        };
        if (kind === 'release' && before?.processId === id) ended.add(id);
        try {
          state = apply(state, command[kind]);
        } catch (error) {
          expect(error).toMatchObject({ status: 409 });
        }
        const now = (state as ExistingSubscription).holder;
        if (before && now && before.processId !== now.processId) throw new Error('taken from its holder');
        if (now) expect(ended.has(now.processId)).toBe(false);
        const used = Object.keys((state as ExistingSubscription).users).length > 0;
        expect(now?.target === 'TERMINATE' && used).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});
