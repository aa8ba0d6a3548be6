import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-doc.js';
import { QueryDto } from '../http/query.dto.js';
import { Needs } from '../http/needs.js';
import { GetProduct, ListProducts } from './product.queries.js';
import { ListProductsDto } from './product.query.dto.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { ProductListSchema, ProductSchema } from './product.answers.js';

@ApiTags('products')
@Controller('products')
@Needs('read')
export class ProductController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiAnswer(ProductListSchema, 'With blocks and workflows')
  @ApiProblems(400, 503)
  list(@Query() query: ListProductsDto) {
    return this.queries.execute(new ListProducts(query));
  }

  @Get(':id')
  @ApiAnswer(ProductSchema, 'With blocks and workflows')
  @ApiProblems(400, 404, 503)
  get(@Param('id') id: string, @Query() _: QueryDto) {
    return this.queries.execute(new GetProduct(id));
  }
}
