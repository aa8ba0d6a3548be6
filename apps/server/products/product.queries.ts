import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { CatalogueKind } from '#catalogue';
import { Refusal } from '#kernel';
import { Parts } from '../composition/parts.js';
import { CatalogueView } from './catalogue.views.js';
import type { ListProductsDto } from './product.query.dto.js';

export class ListProducts extends Query<readonly object[]> {
  constructor(readonly query: ListProductsDto) {
    super();
  }
}
/** One thing in the catalogue by its id. */
export class GetCatalogueItem extends Query<object> {
  constructor(
    readonly kind: CatalogueKind,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(ListProducts)
export class ListProductsHandler implements IQueryHandler<ListProducts> {
  constructor(private readonly parts: Parts) {}

  async execute({ query: { tag, product_type: type } }: ListProducts) {
    const all = (await CatalogueView.of(this.parts)).products();
    return all.filter((each) => (tag ?? each.tag) === each.tag && (type ?? each.product_type) === each.product_type);
  }
}

/** Refusal `not_found` 404. */
export function itemOf(view: CatalogueView, kind: CatalogueKind, id: string): object & { readonly name?: string } {
  const found = {
    product: () => view.products().find((each) => each.product_id === id),
    product_block: () => view.blocks().find((each) => each.product_block_id === id),
    resource_type: () => view.resourceTypes().find((each) => each.resource_type_id === id),
    workflow: () => view.workflows().find((each) => each.workflow_id === id),
  }[kind]();
  if (found === undefined) throw new Refusal('not_found', 404, `there is no such ${kind.replace('_', ' ')}`);
  return found;
}

@QueryHandler(GetCatalogueItem)
export class GetCatalogueItemHandler implements IQueryHandler<GetCatalogueItem> {
  constructor(private readonly parts: Parts) {}

  async execute({ kind, id }: GetCatalogueItem) {
    return itemOf(await CatalogueView.of(this.parts), kind, id);
  }
}

export const productQueryHandlers = [ListProductsHandler, GetCatalogueItemHandler];
