import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Res, UseFilters } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiExtraModels, ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems, POSITION_HEADER } from '../http/api-doc.js';
import { QueryDto } from '../http/query.dto.js';
import { Needs } from '../http/needs.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { FormAnswerFilter } from './form-answer.js';
import * as commands from './process.commands.js';
import { ApiForm, FormNotCompleteDto, FormNotValidDto, StartedDto } from './process.dto.js';
import { pagesOf, refuseAnswers } from './process.pages.js';
import { GetProcess, ListProcesses } from './process.queries.js';
import { ListProcessesDto } from './process.query.dto.js';
import { contentRange, pairsOf, rangeOf, sortOf } from '../http/slice.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { ProcessDetailSchema, ProcessListSchema } from './process.answers.js';

interface Reply {
  header(name: string, value: string): unknown;
}
const KEY = { name: 'Idempotency-Key', required: false, description: 'A repeat with the same key answers the same' };

/** The wire contract of the Workflow Orchestrator: names, codes and texts are its own. */
@ApiTags('processes')
@ApiExtraModels(FormNotCompleteDto, FormNotValidDto)
@Controller('processes')
@Needs('read', 'operate')
export class ProcessController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post(':workflow')
  @HttpCode(201)
  @UseFilters(FormAnswerFilter)
  @ApiHeader(KEY)
  @ApiBody({ schema: { type: 'array', items: { type: 'object' } }, description: 'Answers of the pages so far' })
  @ApiResponse({ status: 201, headers: POSITION_HEADER, type: StartedDto })
  @ApiForm()
  @ApiProblems(404, 409, 413, 422, 503, 507)
  async start(
    @Param('workflow') workflow: string,
    @Body() body: unknown,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<StartedDto> {
    const { id, position } = await this.commands.execute(new commands.StartProcess(workflow, pagesOf(body), caller));
    reply.header('Location', `/api/processes/${id}`);
    reply.header('Purveyor-Position', String(position));
    return { id };
  }

  @Get()
  @ApiAnswer(ProcessListSchema, 'Newest first unless sorted; Content-Range tells the number of all')
  @ApiProblems(400, 503)
  async list(@Query() query: ListProcessesDto, @Res({ passthrough: true }) reply: Reply) {
    const range = rangeOf(query.range);
    const filter = pairsOf(query.filter, 'filter').map(([field, value]) => ({ field, value }));
    const asked = { ...(range && { range }), sort: sortOf(query.sort), filter };
    const slice = await this.queries.execute(new ListProcesses(asked));
    reply.header('Content-Range', contentRange('processes', range, slice));
    return slice.items;
  }

  @Get(':id')
  @ApiAnswer(ProcessDetailSchema, 'With current_state and steps')
  @ApiProblems(400, 404, 503)
  get(@Param('id') id: string, @Query() _: QueryDto) {
    return this.queries.execute(new GetProcess(id));
  }

  @Put(':id/resume')
  @HttpCode(204)
  @ApiHeader(KEY)
  @ApiResponse({ status: 204, headers: POSITION_HEADER, description: 'Failed steps are due again' })
  @ApiProblems(400, 404, 409, 422, 503, 507)
  async resume(
    @Param('id') id: string,
    @Body() body: unknown,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    refuseAnswers(body);
    const { position } = await this.commands.execute(new commands.ResumeProcess(id, caller));
    reply.header('Purveyor-Position', String(position));
  }

  @Put(':id/abort')
  @HttpCode(204)
  @ApiHeader(KEY)
  @ApiResponse({ status: 204, headers: POSITION_HEADER, description: 'Nothing of it begins any more' })
  @ApiProblems(400, 404, 409, 422, 503, 507)
  async abort(
    @Param('id') id: string,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    const { position } = await this.commands.execute(new commands.AbortProcess(id, caller));
    reply.header('Purveyor-Position', String(position));
  }
}
