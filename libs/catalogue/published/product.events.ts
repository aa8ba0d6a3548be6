import { Type, type Static, type TSchema } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent } from '#kernel';

/** One stream per product, and one per block, resource type or workflow whose description people changed. */
export const PRODUCT = 'product';
export const productStream = (id: string): string => `${PRODUCT}-${id}`;

/** Wire values of the Workflow Orchestrator. */
export const PRODUCT_LIFECYCLE = ['active', 'pre production', 'phase out', 'end of life'] as const;
export type ProductLifecycle = (typeof PRODUCT_LIFECYCLE)[number];

/** What a catalogue describes. */
export const CATALOGUE_KINDS = ['product', 'product_block', 'resource_type', 'workflow'] as const;
export type CatalogueKind = (typeof CATALOGUE_KINDS)[number];

const text = Type.String();
const time = Type.Number({ description: 'ms since the epoch' });
const status = Type.Enum(PRODUCT_LIFECYCLE);

const FieldSchema = Type.Object({
  name: text,
  from: Type.String({ description: 'state from which on it is mandatory, or never' }),
  schema: Type.Optional(Type.Unknown({ description: 'JSON Schema of a value' })),
  blocks: Type.Optional(Type.Array(text, { description: 'names of the blocks of a member' })),
  ownership: Type.Optional(text),
  bounds: Type.Optional(Type.Object({ min: Type.Integer(), max: Type.Integer() })),
});

/** A product's definition as the code had it when it was registered. */
export const ProductDefinitionSchema = Type.Object({
  productId: text,
  name: text,
  description: text,
  productType: text,
  tag: text,
  createdAt: text,
  fixedInputs: Type.Record(text, text),
  roots: Type.Record(text, text, { description: 'names of its root blocks by attribute' }),
  blocks: Type.Array(Type.Object({ name: text, tag: text, description: text, fields: Type.Array(FieldSchema) }), {
    description: 'every block of it, and every one they refer to',
  }),
  workflows: Type.Array(Type.Object({ name: text, target: text, description: text })),
});
export type ProductDefinition = Static<typeof ProductDefinitionSchema>;

const schemas = {
  ProductRegistered: Type.Object({ definition: ProductDefinitionSchema, status, time }),
  ProductChanged: Type.Object({ definition: ProductDefinitionSchema, time }),
  ProductStatusChanged: Type.Object({
    status,
    endDate: Type.Union([Type.Number(), Type.Null()], { description: 'ms since the epoch; when its life ended' }),
    time,
  }),
  ReconcileOutOfSyncChanged: Type.Object({
    allowed: Type.Boolean({ description: 'whether its reconcile may start on a subscription that is out of sync' }),
    time,
  }),
  DescriptionChanged: Type.Object({ kind: Type.Enum(CATALOGUE_KINDS), name: text, description: text, time }),
} satisfies Record<string, TSchema>;

type Schemas = typeof schemas;
/** Events of a `product-` stream by type. */
export type ProductEvents = { [T in keyof Schemas]: DomainEvent<T, Static<Schemas[T]>> };
export type ProductEvent = ProductEvents[keyof Schemas];

/** Everything that can be in a `product-` stream. */
export const productEvents: readonly EventSpec<string, never>[] = Object.entries(schemas).map(([type, schema]) => ({
  category: PRODUCT,
  type,
  schema,
}));
