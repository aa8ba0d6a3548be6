import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiCommand, ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { TakesNoBody } from '../http/no-body.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { ReasonDto } from '../portfolio/portfolio.dto.js';
import { CspListSchema } from './csp.answers.js';
import { OperateCsp } from './csp.commands.js';
import { ListCsps } from './csp.queries.js';

@ApiTags('csps')
@Needs('read', 'operate')
@Controller('csps')
export class CspController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiAnswer(CspListSchema, 'Every CSP with its plans, limits, circuit and whether it is paused')
  @ApiProblems(400, 503)
  list() {
    return this.queries.execute(new ListCsps());
  }

  @Post(':csp/pause')
  @HttpCode(202)
  @ApiCommand(404)
  pause(@Param('csp') csp: string, @Body() { reason }: ReasonDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new OperateCsp(csp, { type: 'PauseCsp', reason }, caller));
  }

  @Post(':csp/continue')
  @TakesNoBody()
  @HttpCode(202)
  @ApiCommand(404)
  continue(@Param('csp') csp: string, @FromCaller() caller: Caller) {
    return this.commands.execute(new OperateCsp(csp, { type: 'ContinueCsp' }, caller));
  }
}
