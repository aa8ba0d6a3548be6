import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { Catalogue, field, foreign, instanceId, nestedList, oneOf, type Block, type Product } from '#catalogue';
import type { ValuesOf } from '#read-models';
import { BlockWriter } from './domain-model.js';
import { usesIn } from './instance-relations.js';

const text = Type.String();
const about = (name: string) => ({ name, tag: name, description: name });
const group = { ...about('Group'), fields: { group_name: field(text, 'active') } } satisfies Block;
const card = { ...about('Card'), fields: { number: field(text, 'active') } } satisfies Block;
const badge = { ...about('Badge'), fields: {} } satisfies Block;
const user = {
  ...about('User'),
  fields: {
    username: field(text, 'active'),
    group: foreign(group, 'initial'),
    cards: nestedList(card, { min: 0, max: 3 }, 'never'),
    pass: oneOf(card, badge),
  },
} satisfies Block;
const product = (name: string, at: number, blocks: Product['blocks']): Product => ({
  ...about(name),
  productId: `00000000-0000-4000-8000-00000000000${at}`,
  productType: name,
  createdAt: '2026-01-01',
  blocks,
  workflows: [],
});
const groups = product('Group', 1, { group });
const users = product('User', 2, { user });
const catalogue = new Catalogue([groups, users]);

const groupId = instanceId('g', ['group']);
const reference = { owner_subscription_id: 'g', subscription_instance_id: groupId };
const of = (subscription_id: string, { productId }: Product, values: ValuesOf['values']): ValuesOf => ({
  subscription_id,
  product_id: productId,
  values,
});
const g = of('g', groups, { group: { group_name: 'Ops' } });
const ann = of('ann', users, {
  user: {
    username: 'ann',
    group: reference,
    cards: [{ number: '1', subscription_instance_id: 'c1' }, { number: '2' }],
  },
});
const bob = of('bob', users, { user: { username: 'bob', group: reference, pass: { name: 'Badge' } } });

const write = (id: string, all: readonly ValuesOf[], hidden?: string) => {
  const values = new Map(all.map((each) => [each.subscription_id, each]));
  return new BlockWriter(catalogue, { values, inUseBy: usesIn(catalogue, all) }, hidden).rootsOf(id) as any;
};
const userId = (owner: string) => instanceId(owner, ['user']);
const byAnn = { subscription_instance_id: userId('ann'), subscription_id: 'ann' };
const byBob = { subscription_instance_id: userId('bob'), subscription_id: 'bob' };

describe('the domain model', () => {
  it('names an instance, its owner and who uses it', () => {
    expect(write('g', [g, ann, bob], 'g')).toEqual({
      group: {
        name: 'Group',
        subscription_instance_id: groupId,
        owner_subscription_id: 'g',
        label: null,
        in_use_by_ids: [userId('ann'), userId('bob')],
        in_use_by_relations: [byAnn, byBob],
        group_name: 'Ops',
      },
    });
  });

  it('shows a foreign block as its owner has it, and leaves out what the subscription itself uses', () => {
    const shown = write('ann', [ann, g, bob], 'ann').user;
    expect(shown.group).toMatchObject({ owner_subscription_id: 'g', group_name: 'Ops', in_use_by_relations: [byBob] });
    expect(write('ann', [ann, g, bob]).user.group.in_use_by_relations).toEqual([byAnn, byBob]);
    expect(shown).toMatchObject({ username: 'ann', pass: null, in_use_by_ids: [] });
  });

  it('gives every own instance an id, its parent as user, and empty fields a null', () => {
    const [first, second] = write('ann', [ann]).user.cards;
    expect(first).toMatchObject({ subscription_instance_id: 'c1', in_use_by_relations: [byAnn], number: '1' });
    expect(second.subscription_instance_id).toBe(instanceId('ann', ['user', 'cards', '1']));
    expect(write('ann', [ann], 'ann').user.cards[0].in_use_by_ids).toEqual([]);
    expect(write('bob', [bob]).user).toMatchObject({
      cards: [],
      pass: { name: 'Badge', owner_subscription_id: 'bob' },
    });
    expect(write('bob', [of('bob', users, {})]).user).toMatchObject({ username: null, group: null, cards: [] });
  });

  it('keeps the reference where its owner is not known', () => {
    expect(write('ann', [ann]).user.group).toEqual(reference);
  });
});
