import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiExtraModels, ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'typebox';
import { processStream } from '#workflow';
import { withExplanation } from '../explain/in-detail.js';
import { ApiProblems, POSITION_HEADER } from '../http/api-doc.js';
import { ListDto, QueryDto } from '../http/query.dto.js';
import { Needs } from '../http/needs.js';
import { NoBody } from '../http/no-body.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { FormAnswerFilter } from './form-answer.js';
import * as commands from './process.commands.js';
import { ApiForm, FormNotCompleteDto, FormNotValidDto, StartedDto } from './process.dto.js';
import { KEPT, ProcessNoteDto } from './operator.dto.js';
import { pagesOf } from './process.pages.js';
import { PlanProcess } from './plan.query.js';
import { CountProcesses, GetProcess, ListProcesses } from './process.queries.js';
import { StartProcessDto } from './process.query.dto.js';
import { listQueryOf, tellPlace } from '../http/slice.js';
import { ApiAnswer, count } from '../http/answer-schema.js';
import { ANSWER_MS } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';
import { CountsSchema, PlanSchema, ProcessDetailSchema, ProcessListSchema } from './process.answers.js';

interface Reply {
  header(name: string, value: string): unknown;
}
const PAGES = { type: 'array', items: { type: 'object' } } as const;
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
    private readonly parts: Parts,
  ) {}

  @Post(':workflow')
  @HttpCode(201)
  @UseFilters(FormAnswerFilter)
  @ApiHeader(KEY)
  @ApiBody({ schema: PAGES, description: `Answers of the pages so far; ${KEPT}` })
  @ApiResponse({ status: 201, headers: POSITION_HEADER, type: StartedDto })
  @ApiForm()
  @ApiProblems(403, 404, 409, 412, 413, 422, 503, 507)
  async start(
    @Param('workflow') workflow: string,
    @Body() body: unknown,
    @Query() { reporter }: StartProcessDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<StartedDto> {
    const command = new commands.StartProcess(workflow, pagesOf(body), caller, reporter);
    const { id, position } = await this.commands.execute(command);
    reply.header('Location', `/api/processes/${id}`);
    reply.header('Purveyor-Position', String(position));
    return { id };
  }

  @Post(':workflow/dry-run')
  @HttpCode(200)
  @UseFilters(FormAnswerFilter)
  @ApiBody({ schema: PAGES, description: 'Answers of the pages, as for a start' })
  @ApiAnswer(PlanSchema, 'What a start would do outside, step by step; nothing is claimed, sent or written')
  @ApiForm()
  @ApiProblems(403, 404, 409, 412, 413, 422, 503)
  dryRun(@Param('workflow') workflow: string, @Body() body: unknown, @FromCaller() caller: Caller) {
    return this.queries.execute(new PlanProcess(workflow, pagesOf(body), caller));
  }

  @Get()
  @ApiAnswer(ProcessListSchema, 'Newest first unless sorted; Content-Range and Link as for subscriptions')
  @ApiProblems(400, 503)
  async list(
    @Query() query: ListDto,
    @Req() request: { readonly url: string },
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const asked = listQueryOf(query);
    const slice = await this.queries.execute(new ListProcesses(asked));
    tellPlace(reply, 'processes', request.url, asked, slice);
    return slice.items;
  }

  @Get('status-counts')
  @ApiAnswer(CountsSchema, 'How many there are in each status')
  @ApiProblems(400, 503)
  counts(@Query() _: QueryDto) {
    return this.queries.execute(new CountProcesses());
  }

  @Get(':id')
  @ApiAnswer(ProcessDetailSchema, 'With current_state, steps and what it waits for')
  @ApiProblems(400, 404, 422, 503)
  get(@Param('id') id: string, @Query() _: QueryDto) {
    return this.detail(id);
  }

  @Put('resume-all')
  @NoBody()
  @ApiHeader(KEY)
  @ApiAnswer(Type.Object({ count }), 'How many tasks are resumed, oldest first')
  @ApiProblems(409, 503, 507)
  async resumeAll(@FromCaller() caller: Caller) {
    return { count: await this.commands.execute(new commands.ResumeAll(caller)) };
  }

  @Put(':id/resume')
  @NoBody()
  @HttpCode(204)
  @UseFilters(FormAnswerFilter)
  @ApiHeader(KEY)
  @ApiBody({ schema: PAGES, required: false, description: `Answers of the form that waits; {} for a retry; ${KEPT}` })
  @ApiResponse({
    status: 204,
    headers: POSITION_HEADER,
    description: 'The form is answered, or what failed is due again',
  })
  @ApiForm()
  @ApiProblems(403, 404, 409, 422, 503, 507)
  async resume(
    @Param('id') id: string,
    @Body() body: unknown,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    const { position } = await this.commands.execute(new commands.ResumeProcess(id, body, caller));
    reply.header('Purveyor-Position', String(position));
  }

  @Put(':id/abort')
  @NoBody()
  @HttpCode(204)
  @ApiHeader(KEY)
  @ApiResponse({ status: 204, headers: POSITION_HEADER, description: 'Nothing of it begins any more' })
  @ApiProblems(400, 404, 409, 422, 503, 507)
  async abort(
    @Param('id') id: string,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.operate(id, { type: 'AbortProcess' }, caller, reply);
  }

  @Delete(':id')
  @NoBody()
  @HttpCode(204)
  @ApiHeader(KEY)
  @ApiResponse({ status: 204, headers: POSITION_HEADER, description: 'The task is in no list any more' })
  @ApiProblems(400, 404, 409, 422, 503, 507)
  async remove(
    @Param('id') id: string,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.operate(id, { type: 'HideProcess' }, caller, reply);
  }

  @Patch(':id')
  @ApiHeader(KEY)
  @ApiAnswer(ProcessDetailSchema, 'The process with its note')
  @ApiProblems(400, 404, 409, 422, 503, 507)
  async note(
    @Param('id') id: string,
    @Body() { note }: ProcessNoteDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const position = await this.operate(id, { type: 'SetNote', note }, caller, reply);
    await this.parts.projector.waitFor(position, ANSWER_MS);
    return this.detail(id);
  }

  private async detail(id: string) {
    return withExplanation(this.queries, processStream(id), await this.queries.execute(new GetProcess(id)));
  }

  private async operate(id: string, operation: commands.Operation, caller: Caller, reply: Reply): Promise<number> {
    const { position } = await this.commands.execute(new commands.OperateProcess(id, operation, caller));
    reply.header('Purveyor-Position', String(position));
    return position;
  }
}
