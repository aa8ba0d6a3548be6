import type { ClaimTerms } from '#subscription/published';
import { missingFields, type Block, type State } from './block.js';

/** A product as code. Block attributes are the keys under which a subscription holds the block's values. */
export interface Product {
  /** Fixed UUID. */
  readonly productId: string;
  readonly name: string;
  readonly description: string;
  readonly productType: string;
  /** At most 20 characters. */
  readonly tag: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly blocks: Readonly<Record<string, Block>>;
  readonly workflows: readonly OfferedWorkflow[];
  /** Whether its reconcile workflow may start while a subscription is out of sync, to repair after a failed validation; default no. */
  readonly reconcileOutOfSync?: boolean;
}

/** A workflow that a product offers. What it says of {@link ClaimTerms} goes before the defaults of its target (reference 1.13). */
export interface OfferedWorkflow extends Partial<ClaimTerms> {
  readonly name: string;
  readonly target: string;
  readonly description: string;
}

/** A product as GET /api/products shows it. */
export interface ProductView {
  readonly product_id: string;
  readonly name: string;
  readonly description: string;
  readonly product_type: string;
  readonly tag: string;
  readonly status: 'active';
  readonly created_at: string;
  readonly end_date: null;
  readonly fixed_inputs: readonly never[];
  readonly product_blocks: readonly object[];
  readonly workflows: readonly { readonly name: string; readonly target: string; readonly description: string }[];
  readonly create_subscription_workflow_key: string | null;
}

export class Catalogue {
  constructor(readonly registered: readonly Product[]) {
    const ids = new Set(registered.map((each) => each.productId));
    if (ids.size !== registered.length) throw new Error('a product id is registered twice');
  }

  find(productId: string): Product | undefined {
    return this.registered.find((each) => each.productId === productId);
  }

  products(): readonly ProductView[] {
    return this.registered.map(viewOf);
  }

  /** Mandatory fields that a subscription's values lack in a state, as `block.field`. An unknown product asks for nothing. */
  missing(
    productId: string,
    values: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    state: State,
  ): string[] {
    const blocks = Object.entries(this.find(productId)?.blocks ?? {});
    return blocks.flatMap(([attribute, block]) =>
      missingFields(block, values[attribute] ?? {}, state).map((name) => `${attribute}.${name}`),
    );
  }
}

function viewOf(product: Product): ProductView {
  return {
    product_id: product.productId,
    name: product.name,
    description: product.description,
    product_type: product.productType,
    tag: product.tag,
    status: 'active',
    created_at: product.createdAt,
    end_date: null,
    fixed_inputs: [],
    product_blocks: Object.values(product.blocks).map((block) => ({
      name: block.name,
      tag: block.tag,
      description: block.description,
      status: 'active',
      resource_types: Object.keys(block.fields).map((resource_type) => ({ resource_type })),
    })),
    workflows: product.workflows.map(({ name, target, description }) => ({ name, target, description })),
    create_subscription_workflow_key: product.workflows.find((each) => each.target === 'CREATE')?.name ?? null,
  };
}
