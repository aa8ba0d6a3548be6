import { Type } from 'typebox';
import { anyObject, count, flag, orNull, seconds, text, uuid } from '../http/answer-schema.js';
import { DifferenceSchema } from '#subscription/published';
import { ProcessListSchema } from '../processes/process.answers.js';
import { productFields } from '../products/product.answers.js';

const { product_id, name, ...described } = productFields;

export const CustomerDescriptionSchema = Type.Object({
  id: uuid,
  subscription_id: uuid,
  customer_id: text,
  description: text,
  created_at: seconds,
  version: count,
});

const common = {
  subscription_id: uuid,
  name: text,
  description: text,
  status: text,
  product_id,
  product: Type.Object(
    { product_id, name, ...Type.Partial(Type.Object(described)).properties },
    { description: 'Id and name only for a product that the catalogue has no longer' },
  ),
  customer_id: text,
  insync: flag,
  note: orNull(text),
  start_date: orNull(seconds),
  end_date: orNull(seconds),
  version: count,
  tag: orNull(text),
  customer_descriptions: Type.Array(CustomerDescriptionSchema),
};

export const SubscriptionListSchema = Type.Array(Type.Object(common));

const DriftSchema = Type.Object(
  { process_id: uuid, found_at: seconds, differences: Type.Array(DifferenceSchema) },
  { description: 'What the last validation found outside otherwise than recorded, and nothing has repaired since' },
);
export const SubscriptionSearchSchema = Type.Array(Type.Object({ ...common, metadata: anyObject }));

const related = Type.Array(Type.Object({ subscription_id: uuid, description: text, status: text, insync: flag }));

export const SubscriptionDetailSchema = Type.Object({
  ...common,
  metadata: anyObject,
  in_use_by: related,
  depends_on: related,
  claimed_by: orNull(Type.Object({ process_id: uuid, workflow_name: text })),
  values: Type.Record(text, anyObject, { description: 'Fields by block' }),
  drift: orNull(DriftSchema),
  position: count,
  processes: ProcessListSchema,
});

export const DomainModelSchema = Type.Object(common, { description: 'And one object for each product block' });

const neighbour = Type.Object({ subscription_id: uuid, subscription_description: text });
const lock = {
  reason: Type.Optional(text),
  locked_relations: Type.Optional(Type.Array(uuid)),
  locked_relations_detail: Type.Optional(Type.Array(neighbour)),
};
const ActionSchema = Type.Object({
  name: text,
  description: text,
  ...lock,
  usable_when: Type.Optional(Type.Array(text)),
  status: Type.Optional(text),
  action: Type.Optional(text),
  unterminated_in_use_by_subscriptions: Type.Optional(Type.Array(uuid)),
  unterminated_in_use_by_subscriptions_detail: Type.Optional(Type.Array(neighbour)),
  claimed_by: Type.Optional(Type.Object({ process_id: uuid, workflow_name: text })),
});
const actions = Type.Array(ActionSchema);

export const ActionsSchema = Type.Object({
  ...lock,
  create: actions,
  modify: actions,
  terminate: actions,
  system: actions,
  validate: actions,
  reconcile: actions,
});

export const HistorySchema = Type.Array(
  Type.Object({
    revision: count,
    time: seconds,
    process_id: orNull(uuid),
    actor: text,
    field: text,
    from: Type.Unknown(),
    to: Type.Unknown(),
  }),
);
