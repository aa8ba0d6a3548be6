import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Readable } from 'node:stream';
import { ApiProblems } from '../http/api-doc.js';
import type { PersonalView } from '#event-store';
import { Needs } from '../http/needs.js';
import { Reads } from '../http/reads.js';
import { CAUSES } from '#read-models';
import { ListCheckpoints, SignCheckpoint, VerifyLog } from './checkpoint.handlers.js';
import { ExportEvents } from './export.handler.js';
import { GetFlow } from './causes.query.js';
import { FlowSchema } from './flow.answers.js';
import { listQueryOf } from '../http/slice.js';
import { QueryDto } from '../http/query.dto.js';
import { GetStreamEvents, ListStreams } from './audit.queries.js';
import {
  CheckpointsDto,
  DifferenceDto,
  ExportDto,
  ListStreamsDto,
  StreamEventsDto,
  StreamStateDto,
  VerifyDto,
} from './audit.query.dto.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { FromPersonalView } from './personal-view.js';
import { GetDifference, GetStreamState } from './time-travel.queries.js';
import {
  CheckpointListSchema,
  CheckpointSchema,
  DifferenceSchema,
  EventPageSchema,
  StateAtSchema,
  StreamPageSchema,
  VerifiedSchema,
} from './audit.answers.js';

interface Reply {
  header(name: string, value: string): Reply;
  send(body: Readable): unknown;
}

/** Reads streams, not tables. */
@ApiTags('audit')
@Controller('audit')
@Needs('read', 'operate')
export class AuditController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get('streams')
  @Reads(CAUSES)
  @ApiAnswer(StreamPageSchema, 'One page of streams, newest first unless sorted, each with how it began and ends')
  @ApiProblems(400, 503)
  streams(@Query() query: ListStreamsDto) {
    return this.queries.execute(new ListStreams({ ...listQueryOf(query), category: query.category }));
  }

  @Get('streams/:stream')
  @ApiAnswer(
    EventPageSchema,
    'One page of events, who, when and why; `next` is the revision to go on from, `previous` that to go back from',
  )
  @ApiProblems(400, 404, 503)
  events(@Param('stream') stream: string, @Query() query: StreamEventsDto, @FromPersonalView() view: PersonalView) {
    return this.queries.execute(new GetStreamEvents(stream, query, view));
  }

  @Get('streams/:stream/state')
  @ApiAnswer(StateAtSchema, 'The state as it was after a revision or at an instant')
  @ApiProblems(400, 404, 503)
  state(@Param('stream') stream: string, @Query() query: StreamStateDto, @FromPersonalView() view: PersonalView) {
    return this.queries.execute(new GetStreamState(stream, query, view));
  }

  @Get('streams/:stream/difference')
  @ApiAnswer(DifferenceSchema, 'What changed in the state between two points, and by which events')
  @ApiProblems(400, 404, 503)
  difference(@Param('stream') stream: string, @Query() query: DifferenceDto, @FromPersonalView() view: PersonalView) {
    return this.queries.execute(new GetDifference(stream, query, view));
  }

  @Get('correlations/:id')
  @Reads(CAUSES)
  @ApiAnswer(
    FlowSchema,
    'Everything that one request brought about in all streams: commands, events and effects as a tree',
  )
  @ApiProblems(400, 404, 503)
  flow(@Param('id') id: string, @Query() _query: QueryDto) {
    return this.queries.execute(new GetFlow(id));
  }

  @Get('checkpoints')
  @ApiAnswer(CheckpointListSchema, 'The signed checkpoints of the log, newest first, and the key that signs now')
  @ApiProblems(400, 503)
  checkpoints(@Query() { limit }: CheckpointsDto) {
    return this.queries.execute(new ListCheckpoints(limit));
  }

  @Post('checkpoints')
  @HttpCode(201)
  @ApiAnswer(CheckpointSchema, 'The log was checked up to its end and this was signed', 201)
  @ApiProblems(503)
  sign() {
    return this.commands.execute(new SignCheckpoint());
  }

  @Get('verify')
  @ApiAnswer(VerifiedSchema, 'Whether the log is what was written and signed, and the first event that is not')
  @ApiProblems(400, 404, 503)
  verify(@Query() query: VerifyDto) {
    return this.queries.execute(new VerifyLog(query));
  }

  @Get('export')
  @Reads(CAUSES)
  @ApiOkResponse({
    description:
      'One event a line, each with a rolling hash; the last line is signed. scripts/check-export.mjs checks it',
    content: { 'application/x-ndjson': { schema: { type: 'string' } }, 'text/csv': { schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404, 422, 503)
  async export(@Query() query: ExportDto, @FromPersonalView() view: PersonalView, @Res() reply: Reply): Promise<void> {
    const { name, contentType, body } = await this.queries.execute(new ExportEvents(query, view));
    reply
      .header('Content-Type', contentType)
      .header('Content-Disposition', `attachment; filename="${name}"`)
      .send(body);
  }
}
