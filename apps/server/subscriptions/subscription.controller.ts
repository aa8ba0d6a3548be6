import { Body, Controller, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiCommand, ApiProblems, POSITION_HEADER } from '../http/api-doc.js';
import { listQueryOf, tellPlace } from '../http/slice.js';
import { ListDto, QueryDto } from '../http/query.dto.js';
import { Needs } from '../http/needs.js';
import { GetActions, GetDomainModel, GetHistory, GetSubscription, ListSubscriptions } from './subscription.queries.js';
import { DomainModelDto, HistoryDto, ListSubscriptionsDto, subscriptionQueryOf } from './subscription.query.dto.js';
import { NoBody } from '../http/no-body.js';
import { FromCaller, type Caller } from '../http/caller.js';
import * as commands from './subscription.commands.js';
import { MetadataDto, NoteDto } from './subscription.dto.js';
import { ApiAnswer } from '../http/answer-schema.js';
import {
  ActionsSchema,
  DomainModelSchema,
  HistorySchema,
  SubscriptionDetailSchema,
  SubscriptionListSchema,
  SubscriptionSearchSchema,
} from './subscription.answers.js';

interface JsonReply {
  header(name: string, value: string): JsonReply;
  type(mime: string): JsonReply;
  send(body: string): unknown;
}
interface Reply {
  header(name: string, value: string): unknown;
}
const KEY = { name: 'Idempotency-Key', required: false, description: 'A repeat with the same key answers the same' };

@ApiTags('subscriptions')
@Controller('subscriptions')
@Needs('read', 'operate')
export class SubscriptionController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @ApiAnswer(
    SubscriptionListSchema,
    'Newest first unless sorted; Content-Range tells the number of all with a range, Link (rel="next") the next page without',
  )
  @ApiProblems(400, 503)
  async list(
    @Query() query: ListSubscriptionsDto,
    @Req() request: { readonly url: string },
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const asked = subscriptionQueryOf(query);
    const slice = await this.queries.execute(new ListSubscriptions(asked));
    tellPlace(reply, 'subscriptions', request.url, asked, slice);
    return slice.items;
  }

  @Get('search')
  @ApiAnswer(SubscriptionSearchSchema, 'With metadata; newest first unless sorted, otherwise as the list')
  @ApiProblems(400, 503)
  async search(
    @Query() query: ListDto,
    @Req() request: { readonly url: string },
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const asked = listQueryOf(query);
    const slice = await this.queries.execute(new ListSubscriptions(asked, true));
    tellPlace(reply, 'subscriptions', request.url, asked, slice);
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
  workflows(@Param('id') id: string, @Query() _: QueryDto, @FromCaller() caller: Caller) {
    return this.queries.execute(new GetActions(id, caller));
  }

  @Get(':id/history')
  @ApiAnswer(HistorySchema, 'Which process changed which field from what to what, oldest first')
  @ApiProblems(400, 404, 503)
  history(@Param('id') id: string, @Query() query: HistoryDto) {
    return this.queries.execute(new GetHistory(id, query.field));
  }

  @Put(':id/set_in_sync')
  @NoBody()
  @HttpCode(200)
  @ApiHeader(KEY)
  @ApiResponse({
    status: 200,
    headers: POSITION_HEADER,
    description: 'It is in sync, or was already',
    content: { 'application/json': { schema: { type: 'null' } } },
  })
  @ApiProblems(404, 409, 422, 503, 507)
  async setInSync(@Param('id') id: string, @FromCaller() caller: Caller, @Res() reply: JsonReply): Promise<void> {
    const { position } = await this.commands.execute(new commands.SetInSync(id, caller));
    // Nest sends no body for null; the clients parse every answer as JSON.
    reply.header('Purveyor-Position', String(position)).type('application/json').send('null');
  }

  @Put(':id/note')
  @HttpCode(202)
  @ApiCommand(404)
  note(@Param('id') id: string, @Body() body: NoteDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.SetNote(id, body, caller));
  }

  @Put(':id/metadata')
  @HttpCode(202)
  @ApiCommand(404, 413)
  metadata(@Param('id') id: string, @Body() body: MetadataDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.SetMetadata(id, body, caller));
  }

  @Get(':id')
  @ApiAnswer(SubscriptionDetailSchema, 'With values per block and its processes')
  @ApiProblems(400, 404, 503)
  get(@Param('id') id: string, @Query() _: QueryDto) {
    return this.queries.execute(new GetSubscription(id));
  }
}
