import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { field, missingFields, type Block, type BlockIn } from '../index.js';

const block = {
  name: 'B',
  tag: 'B',
  description: 'b',
  fields: { name: field(Type.String(), 'provisioning'), id: field(Type.String(), 'active') },
} satisfies Block;

describe('a product block', () => {
  it('says by state what is missing', () => {
    expect(missingFields(block, {}, 'initial')).toEqual([]);
    expect(missingFields(block, {}, 'provisioning')).toEqual(['name']);
    expect(missingFields(block, { name: 'n' }, 'active')).toEqual(['id']);
    expect(missingFields(block, {}, 'terminated')).toEqual([]);
  });
  it('has a type per state', () => {
    const initial: BlockIn<typeof block, 'initial'> = {};
    const provisioning: BlockIn<typeof block, 'provisioning'> = { name: 'n' };
    // @ts-expect-error an active one has an id
    const active: BlockIn<typeof block, 'active'> = provisioning;
    expect([initial, active]).toEqual([{}, { name: 'n' }]);
  });
});
