import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiMinPosition, ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { contentRange, rangeOf, sortOf } from '../http/slice.js';
import { GetActions, GetDomainModel, GetSubscription, ListSubscriptions } from './subscription.queries.js';
import { ListSubscriptionsDto } from './subscription.query.dto.js';
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
  @ApiAnswer(SubscriptionListSchema, 'Newest first unless sorted; Content-Range tells the number of all')
  @ApiProblems(400, 503)
  async list(
    @Query() query: ListSubscriptionsDto,
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
  ) {
    const { product, status, insync, customer } = query;
    const range = rangeOf(query.range);
    const given = {
      ...(product !== undefined && { product }),
      ...(status !== undefined && { status }),
      ...(insync !== undefined && { insync: insync === 'true' }),
      ...(customer !== undefined && { customer }),
      ...(range && { range }),
    };
    const slice = await this.queries.execute(new ListSubscriptions({ ...given, sort: sortOf(query.sort) }));
    reply.header('Content-Range', contentRange('subscriptions', range, slice));
    return slice.items;
  }

  @Get('domain-model/:id')
  @ApiMinPosition()
  @ApiAnswer(DomainModelSchema, 'Keys of the subscription and one object for each product block')
  @ApiProblems(400, 404, 503)
  domainModel(@Param('id') id: string) {
    return this.queries.execute(new GetDomainModel(id));
  }

  @Get('workflows/:id')
  @ApiMinPosition()
  @ApiAnswer(ActionsSchema, 'Workflows by kind, each with the reason why it cannot start, if any')
  @ApiProblems(400, 404, 503)
  workflows(@Param('id') id: string) {
    return this.queries.execute(new GetActions(id));
  }

  @Get(':id')
  @ApiMinPosition()
  @ApiAnswer(SubscriptionDetailSchema, 'With values per block and its processes')
  @ApiProblems(400, 404, 503)
  get(@Param('id') id: string) {
    return this.queries.execute(new GetSubscription(id));
  }
}
