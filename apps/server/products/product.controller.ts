import { applyDecorators, Body, Controller, Get, HttpCode, Param, Patch, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { TSchema } from 'typebox';
import type { CatalogueKind } from '#catalogue';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { Needs } from '../http/needs.js';
import { QueryDto } from '../http/query.dto.js';
import * as answers from './product.answers.js';
import { DescribeDto, PatchProductDto } from './product.dto.js';
import { PatchCatalogueItem } from './product.handlers.js';
import { GetCatalogueItem, ListProducts } from './product.queries.js';
import { ListProductsDto } from './product.query.dto.js';

interface Reply {
  header(name: string, value: string): unknown;
}

const ApiItem = (schema: TSchema) =>
  applyDecorators(ApiAnswer(schema, 'As the code has it, with what people changed'), ApiProblems(400, 404, 503));
/** 201 is the Workflow Orchestrator's answer to a PATCH. */
const ApiPatched = (schema: TSchema) =>
  applyDecorators(
    HttpCode(201),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'A repeat with the same key answers the same' }),
    ApiAnswer(schema, 'As it is now', 201),
    ApiProblems(400, 404, 409, 422, 503, 507),
  );

/** The wire contract of the Workflow Orchestrator. Definitions are code: only descriptions, a product's status and its settings are changed here. */
@ApiTags('products')
@Controller()
@Needs('read', 'operate')
export class ProductController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get('products')
  @ApiAnswer(answers.ProductListSchema, 'With blocks and workflows')
  @ApiProblems(400, 503)
  list(@Query() query: ListProductsDto) {
    return this.queries.execute(new ListProducts(query));
  }

  @Get('products/:id')
  @ApiItem(answers.ProductSchema)
  product(@Param('id') id: string, @Query() _: QueryDto) {
    return this.get('product', id);
  }

  @Get('product_blocks/:id')
  @ApiItem(answers.ProductBlockSchema)
  block(@Param('id') id: string, @Query() _: QueryDto) {
    return this.get('product_block', id);
  }

  @Get('resource_types/:id')
  @ApiItem(answers.ResourceTypeSchema)
  resourceType(@Param('id') id: string, @Query() _: QueryDto) {
    return this.get('resource_type', id);
  }

  @Get('workflows/:id')
  @ApiItem(answers.WorkflowSchema)
  workflow(@Param('id') id: string, @Query() _: QueryDto) {
    return this.get('workflow', id);
  }

  @Patch('products/:id')
  @ApiPatched(answers.ProductSchema)
  patchProduct(
    @Param('id') id: string,
    @Body() body: PatchProductDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.patch(new PatchCatalogueItem('product', id, body, caller), reply);
  }

  @Patch('product_blocks/:id')
  @ApiPatched(answers.ProductBlockSchema)
  patchBlock(
    @Param('id') id: string,
    @Body() body: DescribeDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.patch(new PatchCatalogueItem('product_block', id, body, caller), reply);
  }

  @Patch('resource_types/:id')
  @ApiPatched(answers.ResourceTypeSchema)
  patchResourceType(
    @Param('id') id: string,
    @Body() body: DescribeDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.patch(new PatchCatalogueItem('resource_type', id, body, caller), reply);
  }

  @Patch('workflows/:id')
  @ApiPatched(answers.WorkflowSchema)
  patchWorkflow(
    @Param('id') id: string,
    @Body() body: DescribeDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.patch(new PatchCatalogueItem('workflow', id, body, caller), reply);
  }

  private get(kind: CatalogueKind, id: string): Promise<object> {
    return this.queries.execute(new GetCatalogueItem(kind, id));
  }

  private async patch(command: PatchCatalogueItem, reply: Reply): Promise<object> {
    const { item, position } = await this.commands.execute(command);
    reply.header('Purveyor-Position', String(position));
    return item;
  }
}
