import type { Product, ProductLifecycle } from './product.js';

/** A product as GET /api/products shows it. */
export interface ProductView {
  readonly product_id: string;
  readonly name: string;
  readonly description: string;
  readonly product_type: string;
  readonly tag: string;
  readonly status: ProductLifecycle;
  readonly created_at: string;
  readonly end_date: string | null;
  readonly fixed_inputs: readonly object[];
  readonly product_blocks: readonly object[];
  readonly workflows: readonly { readonly name: string; readonly target: string; readonly description: string }[];
  readonly create_subscription_workflow_key: string | null;
}

export function productView(product: Product): ProductView {
  return {
    product_id: product.productId,
    name: product.name,
    description: product.description,
    product_type: product.productType,
    tag: product.tag,
    status: product.status ?? 'active',
    created_at: product.createdAt,
    end_date: null,
    fixed_inputs: Object.entries(product.fixedInputs ?? {}).map(([name, value]) => ({ name, value })),
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
