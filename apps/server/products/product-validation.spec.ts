import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { Catalogue, field, type Block, type Product } from '#catalogue';
import { workflow } from '#workflow';
import { validateProducts, type ToValidate } from './product-validation.js';

const TARGETS = ['CREATE', 'MODIFY', 'TERMINATE', 'VALIDATE'] as const;
const block = {
  name: 'B',
  tag: 'B',
  description: 'b',
  fields: { title: field(Type.String(), 'active') },
} satisfies Block;
const product: Product = {
  productId: '00000000-0000-4000-8000-000000000001',
  name: 'P',
  description: 'p',
  productType: 'T',
  tag: 'P',
  createdAt: '2026-01-01',
  blocks: { b: block },
  workflows: [
    ...TARGETS.map((target) => ({ name: target.toLowerCase(), target, description: target })),
    { name: 'modify_note', target: 'MODIFY', description: 'Note' },
  ],
};
const whole: ToValidate = {
  catalogue: new Catalogue([product]),
  workflows: [
    ...TARGETS.map((target) => workflow({ key: target.toLowerCase(), version: 1, target, description: target }, [])),
    workflow({ key: 'modify_note', version: 1, target: 'MODIFY', description: 'Note' }, []),
  ],
  records: new Map(),
  translations: new Set([...TARGETS.map((target) => `workflow.${target.toLowerCase()}`), 'workflow.modify_note']),
  subscriptions: [
    { subscription_id: 's', product_id: product.productId, status: 'active', values: { b: { title: 'n' } } },
  ],
};
const faults = (over: Partial<ToValidate>) =>
  validateProducts({ ...whole, ...over }).map(({ check, subject, message }) => `${check} ${subject}: ${message}`);
const only = (...products: Product[]) => ({ catalogue: new Catalogue(products) });
const of = (over: object) => ({ subscriptions: [{ ...[...whole.subscriptions][0]!, ...over }] });

describe('product validation', () => {
  it('finds nothing where all fits', () => {
    expect(faults({})).toEqual([]);
  });

  it('compares the workflows of products with those there are', () => {
    const wrong = workflow({ key: 'modify', version: 1, target: 'SYSTEM', description: 'x' }, []);
    const workflows = [whole.workflows[0]!, wrong, whole.workflows[2]!, whole.workflows[4]!];
    expect(faults({ workflows })).toEqual([
      'workflows P: modify is a SYSTEM workflow, the product says MODIFY',
      'workflows P: there is no workflow validate',
    ]);
  });

  it('misses texts, and workflows of active products, but no reconcile', () => {
    expect(faults({ translations: new Set() })).toContain('translations create: the text workflow.create is missing');
    const bare = { ...product, workflows: product.workflows.slice(0, 2) };
    expect(faults(only(bare))).toEqual([
      'products P: it has no TERMINATE workflow',
      'products P: it has no VALIDATE workflow',
      'products P: it has no modify_note',
    ]);
    expect(faults(only({ ...bare, status: 'phase out' }))).toEqual([]);
  });

  it('wants the same fixed inputs of all products of a type', () => {
    const other = { ...product, productId: product.productId.replace(/1$/, '2'), name: 'Q' };
    expect(faults(only(product, { ...other, fixedInputs: { kind: 'x' } }))).toEqual([
      'fixed_inputs Q: its fixed inputs (kind) are not those of P ()',
    ]);
    expect(faults(only(product, { ...other, fixedInputs: { kind: 'x' }, productType: 'U' }))).toEqual([]);
  });

  it('finds products on record that no code has, unless their life ended', () => {
    const record = { kind: 'product', name: 'Gone', status: 'active', endDate: null, description: null } as const;
    expect(faults({ records: new Map([['x', record]]) })).toEqual([
      'records Gone: the product x is on record, and no code has it',
    ]);
    expect(faults({ records: new Map([['x', { ...record, status: 'end of life' }]]) })).toEqual([]);
  });

  it('loads every subscription', () => {
    expect(faults(of({ product_id: 'x' }))).toEqual(['subscriptions s: no code has its product x']);
    expect(faults(of({ values: { b: { title: 5 }, c: {} } }))).toEqual([
      expect.stringMatching(/^subscriptions s: \/b\/title /),
      'subscriptions s: /c P has no such block',
    ]);
    expect(faults(of({ values: {} }))).toEqual(['subscriptions s: a subscription that is active needs b.title']);
    expect(faults(of({ values: {}, status: 'initial' }))).toEqual([]);
    const ended = { kind: 'product', name: 'P', status: 'end of life', endDate: 1, description: null } as const;
    const records = new Map([[product.productId, ended]]);
    expect(faults({ records })).toEqual(['subscriptions s: it lives, and its product has ended']);
    expect(faults({ records, ...of({ status: 'terminated' }) })).toEqual([]);
  });
});
