import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { GetStreamEvents, GetStreamState, VerifyChains } from './audit.queries.js';
import { StreamEventsDto, StreamStateDto, VerifyDto } from './audit.query.dto.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { EventPageSchema, StateAtSchema, VerifiedSchema } from './audit.answers.js';

/** Reads streams, not tables. */
@ApiTags('audit')
@Controller('audit')
@Needs('read')
export class AuditController {
  constructor(private readonly queries: QueryBus) {}

  @Get('streams/:stream')
  @ApiAnswer(EventPageSchema, 'One page of events with metadata; `next` is the revision to go on from')
  @ApiProblems(400, 404, 503)
  events(@Param('stream') stream: string, @Query() query: StreamEventsDto) {
    return this.queries.execute(new GetStreamEvents(stream, query));
  }

  @Get('streams/:stream/state')
  @ApiAnswer(StateAtSchema, 'The state as it was after that revision')
  @ApiProblems(400, 404, 503)
  state(@Param('stream') stream: string, @Query() { revision }: StreamStateDto) {
    return this.queries.execute(new GetStreamState(stream, revision));
  }

  @Get('verify')
  @ApiAnswer(VerifiedSchema, 'Whether the hash chains are whole, and the first event that is not')
  @ApiProblems(400, 503)
  verify(@Query() query: VerifyDto) {
    return this.queries.execute(new VerifyChains(query));
  }
}
