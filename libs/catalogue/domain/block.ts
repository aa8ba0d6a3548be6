import type { Static, TObject, TProperties, TSchema } from 'typebox';
import type { Lifecycle } from '#subscription/published';

/** Lifecycle states of a subscription. */
export type State = Lifecycle;

/** States in which a field that is mandatory from a state on must be there. Ending a subscription never asks for more. */
const MANDATORY_IN = {
  provisioning: ['provisioning', 'active', 'migrating', 'disabled'],
  active: ['active', 'migrating', 'disabled'],
  never: [],
} as const satisfies Record<string, readonly State[]>;
export type From = keyof typeof MANDATORY_IN;

export interface BlockField<T extends TSchema = TSchema, F extends From = From> {
  readonly schema: T;
  /** Mandatory from this state on. */
  readonly from: F;
}
export type BlockFields = Readonly<Record<string, BlockField>>;

export const field = <T extends TSchema, F extends From>(schema: T, from: F): BlockField<T, F> => ({ schema, from });

export interface Block<F extends BlockFields = BlockFields> {
  readonly name: string;
  readonly tag: string;
  readonly description: string;
  readonly fields: F;
}

type MandatoryKeys<F extends BlockFields, S extends State> = {
  [K in keyof F]: S extends (typeof MANDATORY_IN)[F[K]['from']][number] ? K : never;
}[keyof F];
type Value<F> = F extends BlockField<infer T> ? Static<TObject<{ v: T } & TProperties>>['v'] : never;

/** Values of a block in a lifecycle state: what is mandatory there is there. */
export type BlockIn<B extends Block, S extends State> = {
  [K in MandatoryKeys<B['fields'], S>]: Value<B['fields'][K]>;
} & { [K in Exclude<keyof B['fields'], MandatoryKeys<B['fields'], S>>]?: Value<B['fields'][K]> };

/** Names of the mandatory fields that are not there. */
export function missingFields(block: Block, values: Readonly<Record<string, unknown>>, state: State): string[] {
  return Object.entries(block.fields)
    .filter(([name, { from }]) => (MANDATORY_IN[from] as readonly State[]).includes(state) && values[name] == null)
    .map(([name]) => name);
}
