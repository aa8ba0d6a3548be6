import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { operationStream } from '#provisioning';
import { withExplanation } from '../explain/in-detail.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiCommand, ApiProblems } from '../http/api-doc.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { Needs } from '../http/needs.js';
import { TakesNoBody } from '../http/no-body.js';
import { QueryDto } from '../http/query.dto.js';
import { OperationDetailSchema, OperationPageSchema } from './operation.answers.js';
import * as commands from './operation.commands.js';
import {
  AcceptLateDto,
  CreateOperationDto,
  FailOperationDto,
  ListOperationsDto,
  operationQueryOf,
  RetryOperationDto,
} from './operation.dto.js';
import { GetOperation, ListOperations } from './operation.queries.js';

interface Reply {
  header(name: string, value: string): unknown;
}

@ApiTags('operations')
@Controller('operations')
@Needs('read', 'operate')
export class OperationController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiCommand(413)
  async create(
    @Body() body: CreateOperationDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const accepted = await this.commands.execute(new commands.CreateOperation(body, caller));
    reply.header('Location', `/api/operations/${accepted.id}`);
    return accepted;
  }

  @Get()
  @ApiAnswer(OperationPageSchema, 'One page, newest first unless sorted')
  @ApiProblems(400, 503)
  list(@Query() query: ListOperationsDto) {
    return this.queries.execute(new ListOperations(operationQueryOf(query)));
  }

  @Get(':id')
  @ApiAnswer(
    OperationDetailSchema,
    'State and code, needs with their requests, history, legal commands and what it waits for',
  )
  @ApiProblems(400, 404, 503)
  async get(@Param('id') id: string, @Query() _: QueryDto) {
    return withExplanation(this.queries, operationStream(id), await this.queries.execute(new GetOperation(id)));
  }

  @Post(':id/retry')
  @HttpCode(202)
  @ApiCommand(404)
  retry(@Param('id') id: string, @Body() body: RetryOperationDto | undefined, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.RetryOperation(id, body ?? {}, caller));
  }

  @Post(':id/fail')
  @HttpCode(202)
  @ApiCommand(404)
  fail(@Param('id') id: string, @Body() body: FailOperationDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.FailOperation(id, body, caller));
  }

  @Post(':id/deprovision')
  @TakesNoBody()
  @HttpCode(202)
  @ApiCommand(404)
  deprovision(@Param('id') id: string, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.DeprovisionOperation(id, caller));
  }

  @Post(':id/accept-late')
  @HttpCode(202)
  @ApiCommand(404)
  acceptLate(@Param('id') id: string, @Body() body: AcceptLateDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.AcceptLateAnswer(id, body, caller));
  }
}
