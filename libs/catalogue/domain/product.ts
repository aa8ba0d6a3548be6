import type { TObject } from 'typebox';
import type { ClaimTerms } from '#subscription/published';
import type { ProductLifecycle } from '../published/index.js';
import type { Block } from './block.js';

/** A product as code. Block attributes are the keys under which a subscription holds the block's values. */
export interface Product {
  /** Fixed UUID. */
  readonly productId: string;
  /** Unique in the catalogue. */
  readonly name: string;
  /** At most 2000 characters. */
  readonly description: string;
  readonly productType: string;
  /** At most 20 characters. */
  readonly tag: string;
  /** Status with which it is registered first; operators change it later. Default active. */
  readonly status?: ProductLifecycle;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Constants of the product that every subscription shows. */
  readonly fixedInputs?: Readonly<Record<string, string>>;
  readonly blocks: Readonly<Record<string, Block>>;
  readonly workflows: readonly OfferedWorkflow[];
  /**
   * Whether its reconcile workflow may start while a subscription is out of sync, to repair after a failed validation; default no. Operators
   * may say otherwise.
   */
  readonly reconcileOutOfSync?: boolean;
  /** Of the metadata of its subscriptions; without it any object is taken. */
  readonly metadata?: TObject;
}

/** A workflow that a product offers. What it says of {@link ClaimTerms} goes before the defaults of its target (reference 1.13). */
export interface OfferedWorkflow extends Partial<ClaimTerms> {
  readonly name: string;
  readonly target: string;
  readonly description: string;
}
