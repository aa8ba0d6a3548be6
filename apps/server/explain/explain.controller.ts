import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-doc.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { Needs } from '../http/needs.js';
import { QueryDto } from '../http/query.dto.js';
import { ExplanationSchema } from './explain.answers.js';
import { ExplainStream } from './explain.query.js';

@ApiTags('dashboards')
@Controller('explain')
@Needs('read')
export class ExplainController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':stream')
  @ApiAnswer(
    ExplanationSchema,
    'What it waits for and since when, what happens next, its tries, and the commands that fit',
  )
  @ApiProblems(400, 404, 503)
  explain(@Param('stream') stream: string, @Query() _: QueryDto) {
    return this.queries.execute(new ExplainStream(stream));
  }
}
