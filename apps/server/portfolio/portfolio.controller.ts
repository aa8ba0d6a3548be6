import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiCommand, ApiProblems } from '../http/api-doc.js';
import { withExplanation } from '../explain/in-detail.js';
import { QueryDto } from '../http/query.dto.js';
import { Needs } from '../http/needs.js';
import { TakesNoBody } from '../http/no-body.js';
import { FromCaller, type Caller } from '../http/caller.js';
import * as commands from './portfolio.commands.js';
import {
  AbandonDto,
  AmendFactsDto,
  CreatePortfolioDto,
  MigratePlanDto,
  ReasonDto,
  ResumeStageDto,
  SkipStageDto,
} from './portfolio.dto.js';
import { ListMigration } from './migration.query.js';
import { GetPlan, GetPortfolio, ListPortfolios } from './portfolio.queries.js';
import { ListPortfoliosDto, MigrationDto, PlanDto, portfolioQueryOf } from './portfolio.query.dto.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { MigrationPageSchema, PlanSchema, PortfolioDetailSchema, PortfolioPageSchema } from './portfolio.answers.js';

interface Reply {
  header(name: string, value: string): unknown;
}

@ApiTags('portfolios')
@Controller()
@Needs('read', 'operate')
export class PortfolioController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('portfolios')
  @HttpCode(202)
  @ApiCommand(404, 413)
  async create(
    @Body() body: CreatePortfolioDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const accepted = await this.commands.execute(new commands.CreatePortfolio(body, caller));
    reply.header('Location', `/api/portfolios/${accepted.id}`);
    return accepted;
  }

  @Get('portfolios')
  @ApiAnswer(PortfolioPageSchema, 'One page, newest first unless sorted')
  @ApiProblems(400, 503)
  list(@Query() query: ListPortfoliosDto) {
    return this.queries.execute(new ListPortfolios(portfolioQueryOf(query)));
  }

  @Get('portfolios/:id')
  @ApiAnswer(PortfolioDetailSchema, 'State, phase, stages, legal commands and what it waits for')
  @ApiProblems(400, 404, 503)
  async get(@Param('id') id: string, @Query() _: QueryDto) {
    return withExplanation(this.queries, `portfolio-${id}`, await this.queries.execute(new GetPortfolio(id)));
  }

  @Patch('portfolios/:id/facts')
  @HttpCode(202)
  @ApiCommand(404)
  amend(@Param('id') id: string, @Body() body: AmendFactsDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.AmendFacts(id, body, caller));
  }

  @Post('portfolios/:id/migrate')
  @HttpCode(202)
  @ApiCommand(404)
  migrate(@Param('id') id: string, @Body() body: MigratePlanDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.MigratePlan(id, body, caller));
  }

  @Post('portfolios/:id/stages/:stage/resume')
  @HttpCode(202)
  @ApiCommand(404)
  resume(
    @Param('id') id: string,
    @Param('stage') stage: string,
    @Body() body: ResumeStageDto,
    @FromCaller() caller: Caller,
  ) {
    return this.commands.execute(new commands.ResumeStage(id, stage, body ?? {}, caller));
  }

  @Post('portfolios/:id/stages/:stage/skip')
  @HttpCode(202)
  @ApiCommand(404)
  skip(
    @Param('id') id: string,
    @Param('stage') stage: string,
    @Body() body: SkipStageDto,
    @FromCaller() caller: Caller,
  ) {
    return this.commands.execute(new commands.SkipStage(id, stage, body, caller));
  }

  @Post('portfolios/:id/abandon')
  @HttpCode(202)
  @ApiCommand(404)
  abandon(@Param('id') id: string, @Body() body: AbandonDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.AbandonPortfolio(id, body, caller));
  }

  @Post('portfolios/:id/stages/:stage/retry-from')
  @HttpCode(202)
  @ApiCommand(404)
  retryFrom(
    @Param('id') id: string,
    @Param('stage') stage: string,
    @Body() { reason }: ReasonDto,
    @FromCaller() caller: Caller,
  ) {
    return this.commands.execute(new commands.OperatePortfolio(id, { type: 'RetryFrom', stage, reason }, caller));
  }

  @Post('portfolios/:id/pause')
  @HttpCode(202)
  @ApiCommand(404)
  pause(@Param('id') id: string, @Body() { reason }: ReasonDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.OperatePortfolio(id, { type: 'PausePortfolio', reason }, caller));
  }

  @Post('portfolios/:id/continue')
  @TakesNoBody()
  @HttpCode(202)
  @ApiCommand(404)
  continue(@Param('id') id: string, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.OperatePortfolio(id, { type: 'ContinuePortfolio' }, caller));
  }

  @Post('portfolios/:id/deprovision')
  @HttpCode(202)
  @ApiCommand(404)
  deprovision(@Param('id') id: string, @Body() { reason }: ReasonDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.OperatePortfolio(id, { type: 'DeprovisionPortfolio', reason }, caller));
  }

  @Post('portfolios/:id/trigger-next-transition')
  @TakesNoBody()
  @HttpCode(202)
  @ApiCommand(404)
  trigger(@Param('id') id: string, @FromCaller() caller: Caller) {
    return this.commands.execute(new commands.TriggerNextTransition(id, caller));
  }

  @Get('csps/:csp/migration')
  @ApiAnswer(MigrationPageSchema, 'Every portfolio on another version, and whether it could be moved to this one now')
  @ApiProblems(400, 404, 503)
  migration(@Param('csp') csp: string, @Query() query: MigrationDto) {
    return this.queries.execute(new ListMigration(csp, query));
  }

  @Get('csps/:csp/plan')
  @ApiAnswer(PlanSchema, 'Stages, states and transitions')
  @ApiProblems(400, 404)
  plan(@Param('csp') csp: string, @Query() { version }: PlanDto) {
    return this.queries.execute(new GetPlan(csp, version));
  }
}
