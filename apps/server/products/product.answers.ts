import { Type } from 'typebox';
import { anyObject, orNull, text, uuid } from '../http/answer-schema.js';

export const productFields = {
  product_id: uuid,
  name: text,
  description: text,
  product_type: text,
  tag: text,
  status: text,
  created_at: Type.String({ format: 'date-time' }),
  end_date: orNull(text),
};

export const ProductSchema = Type.Object({
  ...productFields,
  fixed_inputs: Type.Array(anyObject),
  product_blocks: Type.Array(
    Type.Object({
      name: text,
      tag: text,
      description: text,
      status: text,
      resource_types: Type.Array(Type.Object({ resource_type: text })),
    }),
  ),
  workflows: Type.Array(Type.Object({ name: text, target: text, description: text })),
  create_subscription_workflow_key: orNull(text),
});

export const ProductListSchema = Type.Array(ProductSchema);
