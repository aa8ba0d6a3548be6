import type { ProductDefinition } from '../published/index.js';
import { isMember, type Block, type BlockField, type Member } from './block.js';
import { allOf } from './definition-check.js';
import type { Product } from './product.js';

type Described = ProductDefinition['blocks'][number];

/** What of a product's code is recorded when it changes: plain JSON, each block once. */
export function definitionOf(product: Product): ProductDefinition {
  const { productId, name, description, productType, tag, createdAt, fixedInputs = {}, blocks, workflows } = product;
  const seen = new Set<Block>();
  for (const root of Object.values(blocks)) allOf(root, seen);
  return {
    productId,
    name,
    description,
    productType,
    tag,
    createdAt,
    fixedInputs: { ...fixedInputs },
    roots: Object.fromEntries(Object.entries(blocks).map(([attribute, block]) => [attribute, block.name])),
    blocks: [...seen].map(blockOf),
    workflows: workflows.map((each) => ({ name: each.name, target: each.target, description: each.description })),
  };
}

const blockOf = ({ name, tag, description, fields }: Block): Described => ({
  name,
  tag,
  description,
  fields: Object.entries(fields).map(([field, each]) => fieldOf(field, each)),
});

function fieldOf(name: string, each: BlockField | Member): Described['fields'][number] {
  const { from } = each;
  if (!isMember(each)) return { name, from, schema: JSON.parse(JSON.stringify(each.schema)) as unknown };
  const blocks = each.blocks.map((block) => block.name);
  const about = { name, from, blocks, ownership: each.ownership };
  return each.bounds === undefined ? about : { ...about, bounds: { ...each.bounds } };
}
