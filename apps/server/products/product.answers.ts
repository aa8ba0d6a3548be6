import { Type } from 'typebox';
import { flag, orNull, text, uuid } from '../http/answer-schema.js';

const createdAt = Type.String({ format: 'date-time' });

export const productFields = {
  product_id: uuid,
  name: text,
  description: text,
  product_type: text,
  tag: text,
  status: text,
  created_at: createdAt,
  end_date: orNull(text),
};

export const ResourceTypeSchema = Type.Object({
  resource_type_id: uuid,
  resource_type: text,
  description: orNull(text),
});

const block = {
  product_block_id: uuid,
  name: text,
  tag: text,
  description: text,
  status: text,
  end_date: orNull(text),
  resource_types: Type.Array(ResourceTypeSchema),
};
const BlockNames = Type.Array(Type.Object({ product_block_id: uuid, name: text }));
export const ProductBlockSchema = Type.Object({ ...block, depends_on: BlockNames, in_use_by: BlockNames });

export const WorkflowSchema = Type.Object({
  workflow_id: uuid,
  name: text,
  target: text,
  is_task: flag,
  description: text,
});

export const ProductSchema = Type.Object({
  ...productFields,
  fixed_inputs: Type.Array(
    Type.Object({ fixed_input_id: uuid, name: text, value: text, created_at: createdAt, product_id: uuid }),
  ),
  product_blocks: Type.Array(Type.Object(block)),
  workflows: Type.Array(WorkflowSchema),
  create_subscription_workflow_key: orNull(text),
  reconcile_out_of_sync: Type.Boolean({ description: 'whether its reconcile may start on a subscription out of sync' }),
});

export const ProductListSchema = Type.Array(ProductSchema);
