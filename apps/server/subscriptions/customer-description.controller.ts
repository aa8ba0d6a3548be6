import { applyDecorators, Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems, POSITION_HEADER } from '../http/api-doc.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { Needs } from '../http/needs.js';
import { QueryDto } from '../http/query.dto.js';
import { ChangeCustomerDescriptionDto, CreateCustomerDescriptionDto } from './customer-description.dto.js';
import * as messages from './customer-description.handlers.js';
import { CustomerDescriptionSchema } from './subscription.answers.js';

interface Reply {
  header(name: string, value: string): unknown;
}

const ApiSilent = (description: string, ...problems: readonly number[]) =>
  applyDecorators(
    HttpCode(204),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'A repeat with the same key answers the same' }),
    ApiResponse({ status: 204, headers: POSITION_HEADER, description }),
    ApiProblems(400, 404, 409, 422, 503, 507, ...problems),
  );

/** What customers call subscriptions; the wire contract of the Workflow Orchestrator. */
@ApiTags('subscriptions')
@Controller('subscription_customer_descriptions')
@Needs('read', 'operate')
export class CustomerDescriptionController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @ApiSilent('The customer has a description of the subscription')
  async create(
    @Body() body: CreateCustomerDescriptionDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    const command = new messages.CreateCustomerDescription(body, caller);
    reply.header('Purveyor-Position', String((await this.commands.execute(command)).position));
  }

  @Put()
  @ApiSilent('It is changed')
  async change(
    @Body() body: ChangeCustomerDescriptionDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    const command = new messages.ChangeCustomerDescription(body, caller);
    reply.header('Purveyor-Position', String((await this.commands.execute(command)).position));
  }

  @Delete(':id')
  @ApiSilent('There is none any more')
  async remove(
    @Param('id') id: string,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    const command = new messages.RemoveCustomerDescription(id, caller);
    reply.header('Purveyor-Position', String((await this.commands.execute(command)).position));
  }

  @Get('customer/:customer/subscription/:subscription')
  @ApiAnswer(CustomerDescriptionSchema, 'What the customer calls the subscription')
  @ApiProblems(400, 404, 503)
  find(@Param('customer') customer: string, @Param('subscription') subscription: string, @Query() _: QueryDto) {
    return this.queries.execute(new messages.GetCustomerDescription({ customer, subscription }));
  }

  @Get(':id')
  @ApiAnswer(CustomerDescriptionSchema, 'By its id')
  @ApiProblems(400, 404, 503)
  get(@Param('id') id: string, @Query() _: QueryDto) {
    return this.queries.execute(new messages.GetCustomerDescription({ id }));
  }
}
