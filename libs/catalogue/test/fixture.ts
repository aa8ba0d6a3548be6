import { Type } from 'typebox';
import { field, foreign, foreignList, nested, nestedList, oneOf, type Block, type Product } from '../index.js';

const text = Type.String({ minLength: 1 });
const about = (name: string) => ({ name, tag: name.slice(0, 20), description: name });

export const group = {
  ...about('Group'),
  fields: { group_name: field(text, 'provisioning'), group_id: field(text, 'active') },
} satisfies Block;
export const port = {
  ...about('Port'),
  fields: { vlan: field(Type.Integer({ minimum: 1, maximum: 4094 }), 'provisioning'), port_id: field(text, 'active') },
} satisfies Block;
export const fibre = { ...about('Fibre'), fields: { metres: field(Type.Integer(), 'provisioning') } } satisfies Block;
export const radio = { ...about('Radio'), fields: { band: field(text, 'never') } } satisfies Block;
export const service = { ...about('Service'), fields: { speed: field(Type.Integer(), 'active') } } satisfies Block;
export const link = {
  ...about('Link'),
  fields: {
    title: field(text, 'provisioning'),
    note: field(text, 'never'),
    tags: field(Type.Array(text, { maxItems: 2 }), 'never'),
    service: nested(service, 'provisioning'),
    ports: nestedList(port, { min: 2, max: 3 }, 'provisioning'),
    group: foreign(group, 'initial'),
    observers: foreignList(group, { min: 0, max: 2 }, 'active'),
    medium: oneOf(fibre, radio),
  },
} satisfies Block;

const common = { description: 'd', productType: 'T', createdAt: '2026-01-01T00:00:00Z', workflows: [] };
export const groupProduct: Product = {
  ...common,
  productId: '00000000-0000-4000-8000-000000000001',
  name: 'Group',
  tag: 'G',
  blocks: { group },
};
export const linkProduct: Product = {
  ...common,
  productId: '00000000-0000-4000-8000-000000000002',
  name: 'Link',
  tag: 'L',
  fixedInputs: { affiliation: 'internal' },
  blocks: { link },
};
