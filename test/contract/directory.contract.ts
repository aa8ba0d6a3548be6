import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { USER_EXTERNAL_PRODUCT_ID, type DirectoryPort } from '#products';
import { FakeNetwork } from '../../libs/products/test/fake-network.js';
import { Machine } from '../../libs/products/test/machine.js';

/** A directory of one kind, and the faults a test can make. */
export interface DirectoryUnderTest {
  /** Through the part that makes the faults. */
  readonly directory: DirectoryPort;
  /** Of somebody who does not know the password. */
  readonly stranger: DirectoryPort;
  /** The next write (or the `nth` from now) is done, and its answer never arrives. */
  loseAnswerOfWrite(nth?: number): void;
  /** The directory does not answer any more; `speak` ends that. */
  silence(): void;
  speak(): void;
  stop(): Promise<void>;
}

const refusal = (code: string, status: number) => expect.objectContaining({ refusal: true, code, status });
let count = 0;
/** Names with what has a meaning in filters and distinguished names. */
const fresh = (what: string): string => `${what} ${++count}, "a"+b=c;<d>\\e#(*) é`;

/** What products may expect of a directory, whatever its kind. */
export function directoryContract(start: () => Promise<DirectoryUnderTest>): void {
  let it_: DirectoryUnderTest;
  let directory: DirectoryPort;
  beforeAll(async () => {
    it_ = await start();
    ({ directory } = it_);
  });
  afterAll(() => it_.stop());
  beforeEach(() => it_.speak());
  const group = () => directory.createGroup(fresh('group'), fresh('key'));
  const user = (userType = 'internal') => directory.createUser({ userName: fresh('user'), userType }, fresh('key'));

  describe('groups', () => {
    it('are created once per external id and found by every key', async () => {
      const [displayName, externalId] = [fresh('group'), fresh('key')];
      const made = await directory.createGroup(displayName, externalId);
      expect(made).toMatchObject({ id: expect.stringMatching(/.+/), displayName, externalId });
      expect(await directory.createGroup(displayName, externalId)).toMatchObject(made);
      for (const by of [{ id: made.id }, { displayName }, { externalId }])
        expect(await directory.findGroup(by)).toMatchObject(made);
      for (const by of [{ id: 'none' }, { displayName: fresh('none') }, { externalId: fresh('none') }])
        expect(await directory.findGroup(by)).toBeUndefined();
    });

    it('are created once also when the answer was lost', async () => {
      const [displayName, externalId] = [fresh('group'), fresh('key')];
      it_.loseAnswerOfWrite();
      await expect(directory.createGroup(displayName, externalId)).rejects.not.toHaveProperty('refusal');
      const found = await directory.findGroup({ externalId });
      expect(found).toBeDefined();
      expect(await directory.createGroup(displayName, externalId)).toMatchObject(found!);
    });

    it('are renamed in place; members and id stay', async () => {
      const [one, ada] = [await group(), await user()];
      await directory.addMember(one.id, ada.id);
      const displayName = fresh('renamed');
      for (let i = 0; i < 2; i++) await directory.renameGroup(one.id, displayName);
      expect(await directory.findGroup({ displayName })).toMatchObject({ id: one.id, externalId: one.externalId });
      expect(await directory.findGroup({ displayName: one.displayName })).toBeUndefined();
      expect(await directory.isMember(one.id, ada.id)).toBe(true);
    });

    it('have names of their own', async () => {
      const [one, two] = [await group(), await group()];
      const taken = refusal('group_name_taken', 409);
      await expect(directory.createGroup(one.displayName, fresh('key'))).rejects.toEqual(taken);
      await expect(directory.renameGroup(two.id, one.displayName)).rejects.toEqual(taken);
      expect(await directory.findGroup({ id: two.id })).toMatchObject({ displayName: two.displayName });
    });

    it('that are gone are deleted already, and cannot be renamed', async () => {
      const one = await group();
      for (let i = 0; i < 2; i++) await directory.deleteGroup(one.id);
      expect(await directory.findGroup({ id: one.id })).toBeUndefined();
      await expect(directory.renameGroup(one.id, 'x')).rejects.toEqual(refusal('directory_entry_gone', 404));
    });
  });

  describe('users', () => {
    it('are created once per external id and found by every key', async () => {
      const [userName, externalId] = [fresh('user'), fresh('key')];
      const made = await directory.createUser({ userName, userType: 'external' }, externalId);
      expect(made).toMatchObject({ userName, userType: 'external', externalId });
      expect(await directory.createUser({ userName, userType: 'external' }, externalId)).toMatchObject({ id: made.id });
      for (const by of [{ id: made.id }, { userName }, { externalId }])
        expect(await directory.findUser(by)).toMatchObject({ id: made.id, userName, userType: 'external' });
    });

    it('are created once also when the answer was lost', async () => {
      const [attributes, externalId] = [{ userName: fresh('user') }, fresh('key')];
      it_.loseAnswerOfWrite();
      await expect(directory.createUser(attributes, externalId)).rejects.toThrow();
      const found = await directory.findUser({ externalId });
      expect(await directory.createUser(attributes, externalId)).toMatchObject({ id: found?.id });
    });

    it('are replaced in place; memberships and id stay', async () => {
      const [one, two, ada] = [await group(), await group(), await user()];
      for (const { id } of [one, two]) await directory.addMember(id, ada.id);
      const renamed = { userName: fresh('renamed'), userType: 'external' };
      for (let i = 0; i < 2; i++) await directory.replaceUser(ada.id, renamed);
      expect(await directory.findUser({ id: ada.id })).toMatchObject({ ...renamed, externalId: ada.externalId });
      for (const { id } of [one, two]) expect(await directory.isMember(id, ada.id)).toBe(true);
      await directory.removeMember(one.id, ada.id);
      expect(await directory.isMember(one.id, ada.id)).toBe(false);
    });

    it.each([1, 2, 3, 4, 5])('are replaced once also when the answer of write %i was lost', async (nth) => {
      const [one, ada] = [await group(), await user()];
      await directory.addMember(one.id, ada.id);
      const userName = fresh('renamed');
      it_.loseAnswerOfWrite(nth);
      await directory.replaceUser(ada.id, { userName }).catch(() => undefined);
      it_.speak();
      await directory.replaceUser(ada.id, { userName });
      expect(await directory.findUser({ userName })).toMatchObject({ id: ada.id });
      expect(await directory.isMember(one.id, ada.id)).toBe(true);
      const next = await directory.createUser({ userName: ada.userName }, fresh('key'));
      expect(await directory.isMember(one.id, next.id)).toBe(false);
    });

    it('have names of their own', async () => {
      const [one, two] = [await user(), await user()];
      const taken = refusal('user_name_taken', 409);
      await expect(directory.createUser({ userName: one.userName }, fresh('key'))).rejects.toEqual(taken);
      await expect(directory.replaceUser(two.id, { userName: one.userName })).rejects.toEqual(taken);
      expect(await directory.findUser({ id: two.id })).toMatchObject({ userName: two.userName });
    });

    it('leave their groups when they go; gone ones are deleted already', async () => {
      const [one, ada] = [await group(), await user()];
      await directory.addMember(one.id, ada.id);
      for (let i = 0; i < 2; i++) await directory.deleteUser(ada.id);
      expect(await directory.isMember(one.id, ada.id)).toBe(false);
      await expect(directory.replaceUser(ada.id, { userName: 'x' })).rejects.toEqual(
        refusal('directory_entry_gone', 404),
      );
    });
  });

  describe('membership', () => {
    it('may be given and taken any number of times', async () => {
      const [one, ada, bob] = [await group(), await user(), await user()];
      expect(await directory.isMember(one.id, ada.id)).toBe(false);
      await directory.removeMember(one.id, ada.id);
      for (const who of [ada, ada, bob]) await directory.addMember(one.id, who.id);
      expect(await directory.isMember(one.id, ada.id)).toBe(true);
      for (let i = 0; i < 2; i++) await directory.removeMember(one.id, ada.id);
      expect([await directory.isMember(one.id, ada.id), await directory.isMember(one.id, bob.id)]).toEqual([
        false,
        true,
      ]);
      await directory.removeMember(one.id, bob.id);
      expect(await directory.isMember(one.id, bob.id)).toBe(false);
    });

    it('wants both, and ends with either', async () => {
      const [one, ada] = [await group(), await user()];
      const gone = refusal('directory_entry_gone', 404);
      await expect(directory.addMember(one.id, 'none')).rejects.toEqual(gone);
      await expect(directory.addMember('none', ada.id)).rejects.toEqual(gone);
      await directory.addMember(one.id, ada.id);
      await directory.deleteGroup(one.id);
      expect(await directory.isMember(one.id, ada.id)).toBe(false);
      await directory.removeMember(one.id, ada.id);
    });

    it('survives a lost answer', async () => {
      const [one, ada] = [await group(), await user()];
      for (const [act, member] of [
        [() => directory.addMember(one.id, ada.id), true],
        [() => directory.removeMember(one.id, ada.id), false],
      ] as const) {
        it_.loseAnswerOfWrite();
        await expect(act()).rejects.toThrow();
        await act();
        expect(await directory.isMember(one.id, ada.id)).toBe(member);
      }
    });
  });

  describe('products', () => {
    it('live in it: made, changed, found changed by hand, repaired and taken away', async () => {
      const machine = new Machine({ directory, network: new FakeNetwork() });
      const run = async (workflow: string, state: object) => {
        const { status, data } = await machine.run(workflow, { ...state });
        expect([workflow, status]).toEqual([workflow, 'completed']);
        return data;
      };
      const made = async (group_name: string) =>
        String((await run('create_user_group', { group_name }))['subscription_id']);
      const [one, two] = [await made(fresh('one')), await made(fresh('two'))];
      const asked = { product: USER_EXTERNAL_PRODUCT_ID, username: fresh('ada'), user_group_id: one };
      const { subscription_id, user_id } = await run('create_user', asked);
      const idOf = (id: string) => String(machine.subscription(id).values['user_group']?.['group_id']);
      const isIn = (id: string) => directory.isMember(idOf(id), String(user_id));
      expect([await isIn(one), await isIn(two)]).toEqual([true, false]);
      const on = { subscription_id };
      await run('modify_user', { ...on, username: fresh('lovelace'), user_group_id: two });
      expect([await isIn(one), await isIn(two)]).toEqual([false, true]);
      const group = { subscription_id: two };
      await run('modify_user_group', { ...group, group_name: fresh('renamed') });
      expect(await isIn(two)).toBe(true);

      await directory.removeMember(idOf(two), String(user_id));
      await directory.renameGroup(idOf(two), fresh('by hand'));
      const paths = async (workflow: string, state: object) =>
        ((await run(workflow, state))['drift'] as { path: string }[]).map(({ path }) => path);
      expect(await paths('validate_user', on)).toEqual(['user.group']);
      expect(await paths('validate_user_group', group)).toEqual(['user_group.group_name']);
      for (const [workflow, state] of [
        ['user', on],
        ['user_group', group],
      ] as const) {
        const stream = `subscription-${String(state.subscription_id)}`;
        await machine.send(stream, { type: 'SetInSync', unfinished: [], time: 3 });
        await run(`reconcile_${workflow}`, state);
        expect(await paths(`validate_${workflow}`, state)).toEqual([]);
      }
      expect(await isIn(two)).toBe(true);

      await run('terminate_user', on);
      for (const id of [one, two]) await run('terminate_user_group', { subscription_id: id });
      expect(await directory.findUser({ id: String(user_id) })).toBeUndefined();
      expect(await directory.findGroup({ id: idOf(one) })).toBeUndefined();
    });
  });

  describe('faults', () => {
    it('wrong credentials are refused', async () => {
      const refused = refusal('directory_refused', 401);
      await expect(it_.stranger.findGroup({ id: 'x' })).rejects.toEqual(refused);
      await expect(it_.stranger.createUser({ userName: fresh('user') }, fresh('key'))).rejects.toEqual(refused);
    });

    it('silence ends with the attempt, and leaves the outcome unknown', async () => {
      const [displayName, externalId] = [fresh('group'), fresh('key')];
      it_.silence();
      const create = directory.createGroup(displayName, externalId, AbortSignal.timeout(300));
      await expect(create).rejects.not.toHaveProperty('refusal');
      it_.speak();
      expect(await directory.createGroup(displayName, externalId)).toMatchObject({ displayName });
    });
  });
}
