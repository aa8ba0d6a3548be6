import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { QueryDto } from '../http/query.dto.js';
import { ProjectionListSchema } from './projection.answers.js';
import { ListProjections } from './projection.queries.js';

@ApiTags('projections')
@Controller('projections')
@Needs('read', 'operate')
export class ProjectionController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiAnswer(
    ProjectionListSchema,
    'Every view, group by group: how far it is, how far behind, and what it could not take in',
  )
  @ApiProblems(400, 503)
  list(@Query() _: QueryDto) {
    return this.queries.execute(new ListProjections());
  }
}
