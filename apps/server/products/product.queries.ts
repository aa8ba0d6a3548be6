import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { ProductView } from '#catalogue';
import { Refusal } from '#kernel';
import { Parts } from '../composition/parts.js';
import type { ListProductsDto } from './product.query.dto.js';

export class ListProducts extends Query<readonly ProductView[]> {
  constructor(readonly query: ListProductsDto) {
    super();
  }
}
export class GetProduct extends Query<ProductView> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(ListProducts)
export class ListProductsHandler implements IQueryHandler<ListProducts> {
  constructor(private readonly parts: Parts) {}

  async execute({ query: { tag, product_type: type } }: ListProducts) {
    const all = this.parts.catalogue.products();
    return all.filter((each) => (tag ?? each.tag) === each.tag && (type ?? each.product_type) === each.product_type);
  }
}

@QueryHandler(GetProduct)
export class GetProductHandler implements IQueryHandler<GetProduct> {
  constructor(private readonly parts: Parts) {}

  async execute({ id }: GetProduct) {
    const found = this.parts.catalogue.products().find(({ product_id }) => product_id === id);
    if (found === undefined) throw new Refusal('not_found', 404, 'there is no such product');
    return found;
  }
}

export const productQueryHandlers = [ListProductsHandler, GetProductHandler];
