import type { Static, TObject, TProperties, TSchema } from 'typebox';
import type { Lifecycle } from '#subscription/published';

/** Lifecycle states of a subscription. */
export type State = Lifecycle;

/** States in which a field that is mandatory from a state on must be there. Ending a subscription never asks for more. */
export const MANDATORY_IN = {
  initial: ['initial', 'provisioning', 'active', 'migrating', 'disabled'],
  provisioning: ['provisioning', 'active', 'migrating', 'disabled'],
  active: ['active', 'migrating', 'disabled'],
  never: [],
} as const satisfies Record<string, readonly State[]>;
/** From which state on something must be there; `never`: it is optional. */
export type From = keyof typeof MANDATORY_IN;

/** A value or a list of values (resource type); a list's bounds are those of its schema. */
export interface BlockField<T extends TSchema = TSchema, F extends From = From> {
  readonly schema: T;
  /** Mandatory from this state on. */
  readonly from: F;
}
/** Fields, and members: other blocks under it, or references to blocks of other subscriptions. */
export interface BlockFields {
  readonly [name: string]: BlockField | Member;
}

export const field = <T extends TSchema, F extends From>(schema: T, from: F): BlockField<T, F> => ({ schema, from });

export interface Block<F extends BlockFields = BlockFields> {
  /** Unique in the catalogue. */
  readonly name: string;
  readonly tag: string;
  readonly description: string;
  readonly fields: F;
}

/** `own`: an instance that belongs to the subscription; `foreign`: one of another, which is referred to and never changed from here. */
export type Ownership = 'own' | 'foreign';
export type Multiplicity = 'one' | 'many';

/** Least and most elements of a list of blocks. The least counts in the states in which the list is mandatory. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Blocks under a block. More than one: a union, told apart by the instance's `name`. */
export interface Member<
  B extends Block = Block,
  F extends From = From,
  O extends Ownership = Ownership,
  M extends Multiplicity = Multiplicity,
> {
  readonly blocks: readonly B[];
  readonly from: F;
  readonly ownership: O;
  readonly multiplicity: M;
  /** Of a list. */
  readonly bounds?: Bounds;
}

/** An instance of another subscription. The last key is in types only: a reference to an initial one is none to an active one. */
export interface Reference<B extends Block = Block, S extends State = State> {
  readonly owner_subscription_id: string;
  readonly subscription_instance_id: string;
  readonly $in?: BlockIn<B, S>;
}

/** An own instance. The id stays with it, wherever it moves in its list; `name` is needed in a union. */
export type Instance<B extends Block, S extends State> = BlockIn<B, S> & {
  readonly subscription_instance_id?: string;
  readonly name?: string;
};

type One<B extends Block, O, S extends State> = B extends Block
  ? O extends 'foreign'
    ? Reference<B, S>
    : Instance<B, S>
  : never;
export type MemberValue<X extends Member, S extends State> =
  X extends Member<infer B, From, infer O, infer M>
    ? M extends 'many'
      ? readonly One<B, O, S>[]
      : One<B, O, S>
    : never;

type MandatoryKeys<F extends BlockFields, S extends State> = {
  [K in keyof F]: S extends (typeof MANDATORY_IN)[F[K]['from']][number] ? K : never;
}[keyof F];
type Value<F, S extends State> =
  F extends BlockField<infer T>
    ? Static<TObject<{ v: T } & TProperties>>['v']
    : F extends Member
      ? MemberValue<F, S>
      : never;

/** Values of a block in a lifecycle state: what is mandatory there is there, in the blocks under it too. */
export type BlockIn<B extends Block, S extends State> = {
  [K in MandatoryKeys<B['fields'], S>]: Value<B['fields'][K], S>;
} & { [K in Exclude<keyof B['fields'], MandatoryKeys<B['fields'], S>>]?: Value<B['fields'][K], S> };

export const isMember = (each: BlockField | Member): each is Member => 'blocks' in each;

export const isMandatory = (from: From, state: State): boolean =>
  (MANDATORY_IN[from] as readonly State[]).includes(state);
