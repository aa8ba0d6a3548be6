import { allOf, isMember, membersOf, type Block, type Product } from '#catalogue';
import type { CatalogueKind } from '#catalogue';
import { uuidV5 } from '#platform';
import { catalogueRecords, type CatalogueDoc } from '#read-models';
import type { Parts } from '../composition/parts.js';

/** Nothing of the catalogue but products has an id of its own: it follows from the name, so it never changes. */
export const catalogueId = (kind: CatalogueKind | 'fixed_input', name: string): string =>
  uuidV5(JSON.stringify([kind, name]));

type Records = ReadonlyMap<string, CatalogueDoc>;

/** The catalogue as clients see it: what the code defines, with what people changed (reference 1.1 and 2.4). */
export class CatalogueView {
  private constructor(
    private readonly parts: Pick<Parts, 'catalogue' | 'workflows'>,
    private readonly records: Records,
  ) {}

  static async of(parts: Pick<Parts, 'catalogue' | 'workflows' | 'readModels'>): Promise<CatalogueView> {
    return new CatalogueView(parts, await catalogueRecords(parts.readModels));
  }

  products() {
    return this.parts.catalogue.registered.map((product) => this.product(product));
  }

  /** Columns of a product, without what belongs to it. */
  about({ productId, name, description, productType, tag, status, createdAt }: Product) {
    const record = this.records.get(productId);
    return {
      product_id: productId,
      name,
      description: record?.description ?? description,
      product_type: productType,
      tag,
      status: record?.status ?? status ?? 'active',
      created_at: createdAt,
      end_date: record?.endDate == null ? null : new Date(record.endDate).toISOString(),
    };
  }

  private product(product: Product) {
    const { productId: product_id, fixedInputs = {}, blocks, workflows, createdAt: created_at } = product;
    return {
      ...this.about(product),
      fixed_inputs: Object.entries(fixedInputs).map(([name, value]) => {
        const fixed_input_id = catalogueId('fixed_input', `${product_id}/${name}`);
        return { fixed_input_id, name, value, created_at, product_id };
      }),
      product_blocks: Object.values(blocks).map((block) => this.block(block)),
      workflows: workflows.map(({ name }) => this.workflow(name)).filter((each) => each !== undefined),
      create_subscription_workflow_key: workflows.find(({ target }) => target === 'CREATE')?.name ?? null,
      reconcile_out_of_sync: reconcileOutOfSync(product, this.records.get(product_id)),
    };
  }

  blocks() {
    return this.allBlocks().map((block) => ({
      ...this.block(block),
      depends_on: this.names(membersOf(block).flatMap(({ blocks }) => blocks)),
      in_use_by: this.names(
        this.allBlocks().filter((each) => membersOf(each).some(({ blocks }) => blocks.includes(block))),
      ),
    }));
  }

  resourceTypes() {
    const names = this.allBlocks().flatMap((block) => valuesOf(block));
    return [...new Set(names)].map((name) => this.resourceType(name));
  }

  workflows() {
    const names = this.parts.workflows.all().map(({ key }) => key);
    return names.flatMap((name) => this.workflow(name) ?? []);
  }

  private allBlocks(): readonly Block[] {
    const seen = new Set<Block>();
    for (const { blocks } of this.parts.catalogue.registered)
      for (const root of Object.values(blocks)) allOf(root, seen);
    return [...seen];
  }

  private block(block: Block) {
    const { name, tag } = block;
    const product_block_id = catalogueId('product_block', name);
    const description = this.described(product_block_id, block.description);
    const resource_types = valuesOf(block).map((each) => this.resourceType(each));
    return { product_block_id, name, tag, description, status: 'active', end_date: null, resource_types };
  }

  private readonly names = (blocks: readonly Block[]) =>
    [...new Set(blocks)].map(({ name }) => ({ product_block_id: catalogueId('product_block', name), name }));

  private resourceType(name: string) {
    const resource_type_id = catalogueId('resource_type', name);
    return { resource_type_id, resource_type: name, description: this.described(resource_type_id, null) };
  }

  /** Undefined for a name that no code has. */
  private workflow(name: string) {
    const definition = this.parts.workflows.latest(name)?.definition;
    if (definition === undefined) return undefined;
    const { target, isTask: is_task, description } = definition;
    const workflow_id = catalogueId('workflow', name);
    return { workflow_id, name, target, is_task, description: this.described(workflow_id, description) };
  }

  private described<D extends string | null>(id: string, ofCode: D): string | D {
    return this.records.get(id)?.description ?? ofCode;
  }
}

/** What people said goes before what the code says; otherwise it may not. */
export const reconcileOutOfSync = (product: Product | undefined, record: CatalogueDoc | undefined): boolean =>
  record?.reconcileOutOfSync ?? product?.reconcileOutOfSync ?? false;

const valuesOf = (block: Block): readonly string[] =>
  Object.entries(block.fields).flatMap(([name, each]) => (isMember(each) ? [] : [name]));
