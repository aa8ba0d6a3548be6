import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { Catalogue, field, nested, nestedList, type Block, type Member, type Product } from '../index.js';
import { fibre, group, groupProduct, link, linkProduct, radio } from './fixture.js';

const block = (fields: Block['fields'], name = 'B'): Block => ({ name, tag: 'B', description: 'b', fields });
const one = (over: Partial<Product>): (() => Catalogue) => {
  return () => new Catalogue([{ ...groupProduct, ...over }]);
};
const holding = (fields: Block['fields']) => one({ blocks: { group, b: block(fields) } });
const workflows = (...targets: string[]) => targets.map((target, at) => ({ name: `w${at}`, target, description: 'w' }));
const union = (from: 'active' | 'never', ...blocks: Block[]): Member => ({
  blocks,
  from,
  ownership: 'own',
  multiplicity: 'one',
});

const endless: { -readonly [K in keyof Block]: Block[K] } = block({}, 'Endless');
endless.fields = { again: nestedList(endless, { min: 1, max: 2 }, 'active') };
const tree: { -readonly [K in keyof Block]: Block[K] } = block({}, 'Tree');
tree.fields = { branches: nestedList(tree, { min: 0, max: 2 }, 'never') };

describe('definitions that are not valid do not start', () => {
  it.each([
    ['an id that is no UUID', one({ productId: 'x' }), /product Group: its id x is no UUID/],
    ['no name', one({ name: '' }), /it has no name/],
    ['a long tag', one({ tag: 'x'.repeat(21) }), /its tag x+ has not 1 to 20 characters/],
    ['a long description', one({ description: 'x'.repeat(2_001) }), /more than 2000 characters/],
    ['a status', one({ status: 'retired' as never }), /retired is no status/],
    ['a time', one({ createdAt: 'yesterday' }), /yesterday is no time/],
    ['a key of subscriptions', one({ blocks: { group, note: block({}) } }), /note is a key of every subscription/],
    ['a key that is no name', one({ blocks: { group, 'a-b': block({}) } }), /a-b is no name/],
    ['a fixed input named like a block', one({ fixedInputs: { group: 'x' } }), /group is a fixed input and a block/],
    ['two creates', one({ workflows: workflows('CREATE', 'CREATE') }), /one CREATE workflow at most, and has w0, w1/],
    [
      'two reconciles',
      one({ workflows: workflows('RECONCILE', 'MODIFY', 'RECONCILE') }),
      /product Group: it may have one RECONCILE workflow at most, and has w0, w2/,
    ],
    [
      'a workflow twice',
      one({ workflows: [...workflows('MODIFY'), ...workflows('MODIFY')] }),
      /workflow w0 is there twice/,
    ],
    [
      'a key of instances',
      holding({ label: field(Type.String(), 'never') }),
      /product Group: b: block B: label is a key of every/,
    ],
    [
      'bounds',
      holding({ list: nestedList(fibre, { min: 3, max: 2 }, 'active') }),
      /block B: field list: 3 to 2 are no bounds/,
    ],
    [
      'a mandatory union',
      holding({ one: union('active', fibre, radio) }),
      /field one: a union of Fibre, Radio cannot be mandatory \(from active\)/,
    ],
    ['an empty union', holding({ one: union('never') }), /field one: a union of no blocks/],
    ['a block that needs itself', one({ blocks: { group, endless } }), /block Endless would need itself without end/],
    [
      'a fault further down',
      holding({ inner: nested(block({ name: field(Type.String(), 'never') }, 'I'), 'active') }),
      /block I: name is a key/,
    ],
    [
      'a foreign block that nobody owns',
      () => new Catalogue([linkProduct]),
      /block Group is referred to, but no product owns/,
    ],
    ['two blocks of one name', holding({ inner: nested(block({}, 'B'), 'never') }), /another block of the name B/],
    ['a product twice', () => new Catalogue([groupProduct, groupProduct]), /product id .* is there twice/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('and every fault is named at once', () => {
    expect(one({ name: '', tag: '', productId: 'x' })).toThrow(/no UUID[^]*no name[^]*tag/);
  });

  it('while a block may hold more of its kind, where none is needed', () => {
    expect(one({ blocks: { group, tree } })).not.toThrow();
    expect(() => new Catalogue([groupProduct, linkProduct])).not.toThrow();
    expect(Object.keys(link.fields)).toContain('medium');
  });
});
