import { describe, expect, it } from '@jest/globals';
import { definitionOf, productDecider, type ProductCommand, type ProductState } from '../index.js';
import { groupProduct, linkProduct } from './fixture.js';

const { decide, evolve, initial } = productDecider;
const apply = (state: ProductState, command: ProductCommand) => decide(command, state).reduce(evolve, state);
const given = (...commands: readonly ProductCommand[]) => commands.reduce(apply, initial());
const definition = definitionOf(groupProduct);
const register = { type: 'RegisterProduct', definition, status: 'active', time: 1 } as const;
const patch = (over: object) => ({ type: 'PatchProduct', liveSubscriptions: 0, time: 2, ...over }) as const;
const types = (command: ProductCommand, state: ProductState) => decide(command, state).map(({ type }) => type);

describe('a product on record', () => {
  it('is registered once, and again only when the code changed', () => {
    expect(types(register, initial())).toEqual(['ProductRegistered']);
    expect(types(register, given(register))).toEqual([]);
    const changed = { ...register, definition: { ...definition, description: 'other' } };
    expect(types(changed, given(register))).toEqual(['ProductChanged']);
    expect(types(changed, given(register, changed))).toEqual([]);
  });

  it('keeps status and description that people gave it, whatever the code says', () => {
    const state = given(register, patch({ status: 'phase out', description: 'mine' }));
    const again = apply(state, { ...register, definition: { ...definition, description: 'code' } });
    expect(again).toMatchObject({ status: 'phase out', description: 'mine', definition: { description: 'code' } });
  });

  it('does not end while subscriptions live, and has an end date when it does', () => {
    const end = patch({ status: 'end of life', liveSubscriptions: 2, description: 'x' });
    expect(() => decide(end, given(register))).toThrow(
      expect.objectContaining({ code: 'product_in_use', status: 400, extra: { subscriptions: 2 } }),
    );
    const ended = given(register, patch({ status: 'end of life' }));
    expect(ended).toMatchObject({ status: 'end of life', endDate: 2 });
    expect(apply(ended, patch({ status: 'active', liveSubscriptions: 2 }))).toMatchObject({ endDate: null });
    expect(decide(patch({ status: 'end of life', liveSubscriptions: 1 }), ended)).toEqual([]);
  });

  it('says whether it may be reconciled out of sync when people say so, each time once', () => {
    const [yes, no] = [patch({ reconcileOutOfSync: true }), patch({ reconcileOutOfSync: false })];
    expect(given(register).reconcileOutOfSync).toBeUndefined();
    expect(types(no, given(register))).toEqual(['ReconcileOutOfSyncChanged']);
    expect(given(register, yes).reconcileOutOfSync).toBe(true);
    expect(types(yes, given(register, yes))).toEqual([]);
    expect(given(register, yes, no).reconcileOutOfSync).toBe(false);
  });

  it('is silent on what it is already, and refuses what is not there or too long', () => {
    const state = given(register);
    expect(decide(patch({ status: 'active', description: groupProduct.description }), state)).toEqual([]);
    expect(() => decide(patch({}), initial())).toThrow(expect.objectContaining({ code: 'not_found', status: 404 }));
    expect(() => decide(patch({ description: 'x'.repeat(2_001) }), state)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        errors: [{ pointer: '/description', message: expect.any(String) }],
      }),
    );
  });
});

it('of blocks, resource types and workflows only the description is on record', () => {
  const set = { type: 'SetDescription', kind: 'workflow', name: 'w', description: 'W', time: 1 } as const;
  expect(given(set)).toEqual({ description: 'W' });
  expect(decide(set, given(set))).toEqual([]);
});

it('a definition is plain JSON with every block once', () => {
  const link = definitionOf(linkProduct);
  expect(JSON.parse(JSON.stringify(link))).toEqual(link);
  expect(link.roots).toEqual({ link: 'Link' });
  expect(link.blocks.map(({ name }) => name)).toEqual(['Link', 'Service', 'Port', 'Group', 'Fibre', 'Radio']);
  expect(link.blocks[0]!.fields).toContainEqual({
    name: 'ports',
    from: 'provisioning',
    blocks: ['Port'],
    ownership: 'own',
    bounds: { min: 2, max: 3 },
  });
});
