import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-doc.js';
import { contentRange, nextLink, rangeOf, sortOf } from '../http/slice.js';
import { Refusal } from '#kernel';
import { QueryDto } from '../http/query.dto.js';
import { Needs } from '../http/needs.js';
import { GetActions, GetDomainModel, GetSubscription, ListSubscriptions } from './subscription.queries.js';
import { DomainModelDto, ListSubscriptionsDto } from './subscription.query.dto.js';
import { ApiAnswer } from '../http/answer-schema.js';
import {
  ActionsSchema,
  DomainModelSchema,
  SubscriptionDetailSchema,
  SubscriptionListSchema,
} from './subscription.answers.js';

@ApiTags('subscriptions')
@Controller('subscriptions')
@Needs('read')
export class SubscriptionController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiAnswer(
    SubscriptionListSchema,
    'Newest first unless sorted; Content-Range tells the number of all, Link (rel="next") the next page',
  )
  @ApiProblems(400, 503)
  async list(
    @Query() query: ListSubscriptionsDto,
    @Req() request: { readonly url: string },
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
  ) {
    const { product, status, insync, customer, cursor, limit } = query;
    if (cursor !== undefined && (query.range ?? query.sort) !== undefined)
      throw new Refusal('bad_cursor', 400, 'a cursor goes on in the order of creation: range and sort are not for it');
    const range = rangeOf(query.range);
    const given = {
      ...(product !== undefined && { product }),
      ...(status !== undefined && { status }),
      ...(insync !== undefined && { insync: insync === 'true' }),
      ...(customer !== undefined && { customer }),
      ...(range && { range }),
      ...(cursor !== undefined && { cursor }),
      ...(limit !== undefined && { limit }),
    };
    const slice = await this.queries.execute(new ListSubscriptions({ ...given, sort: sortOf(query.sort) }));
    reply.header('Content-Range', contentRange('subscriptions', range, slice));
    if (slice.next !== null && range === undefined) reply.header('Link', nextLink(request.url, slice.next));
    return slice.items;
  }

  @Get('domain-model/:id')
  @ApiAnswer(DomainModelSchema, 'Keys of the subscription and one object for each product block')
  @ApiProblems(400, 404, 503)
  domainModel(@Param('id') id: string, @Query() query: DomainModelDto) {
    return this.queries.execute(new GetDomainModel(id, query.filter_owner_relations !== 'false'));
  }

  @Get('workflows/:id')
  @ApiAnswer(ActionsSchema, 'Workflows by kind, each with the reason why it cannot start, if any')
  @ApiProblems(400, 404, 503)
  workflows(@Param('id') id: string, @Query() _: QueryDto) {
    return this.queries.execute(new GetActions(id));
  }

  @Get(':id')
  @ApiAnswer(SubscriptionDetailSchema, 'With values per block and its processes')
  @ApiProblems(400, 404, 503)
  get(@Param('id') id: string, @Query() _: QueryDto) {
    return this.queries.execute(new GetSubscription(id));
  }
}
