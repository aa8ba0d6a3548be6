import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { NoBody } from '../http/no-body.js';
import { PageDto, QueryDto } from '../http/query.dto.js';
import { ParkedPageSchema, ProjectionListSchema, ProjectionSchema } from './projection.answers.js';
import { OperateProjection } from './projection.commands.js';
import { GetProjection, ListParked, ListProjections } from './projection.queries.js';

@ApiTags('projections')
@Controller('projections')
@Needs('read', 'operate')
export class ProjectionController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @ApiAnswer(ProjectionListSchema, 'Every view, group by group: how far it is, and what it could not take in')
  @ApiProblems(400, 503)
  list(@Query() _: QueryDto) {
    return this.queries.execute(new ListProjections());
  }

  @Get(':name')
  @ApiAnswer(ProjectionSchema, 'How far a view is, and how far its rebuild')
  @ApiProblems(400, 404, 503)
  one(@Param('name') name: string, @Query() _: QueryDto) {
    return this.queries.execute(new GetProjection(name));
  }

  @Get(':name/parked')
  @ApiAnswer(ParkedPageSchema, 'The events that a view could not take in, in the order of the log, with the reason')
  @ApiProblems(400, 404, 503)
  parked(@Param('name') name: string, @Query() page: PageDto) {
    return this.queries.execute(new ListParked(name, page));
  }

  @Post(':name/parked/replay')
  @NoBody()
  @HttpCode(202)
  @ApiAnswer(
    ProjectionSchema,
    'The view is rebuilt, so that parked events are taken in; nothing where there are none',
    202,
  )
  @ApiProblems(404, 503)
  replay(@Param('name') name: string) {
    return this.commands.execute(new OperateProjection(name, 'replay'));
  }

  @Post(':name/rebuild')
  @NoBody()
  @HttpCode(202)
  @ApiAnswer(ProjectionSchema, 'Rows are built anew beside the live ones; a rebuild that runs goes on', 202)
  @ApiProblems(404, 503)
  rebuild(@Param('name') name: string) {
    return this.commands.execute(new OperateProjection(name, 'rebuild'));
  }

  @Post(':name/revert')
  @NoBody()
  @HttpCode(202)
  @ApiAnswer(ProjectionSchema, 'The rows of before are caught up and take the place of the live ones', 202)
  @ApiProblems(404, 409, 503)
  revert(@Param('name') name: string) {
    return this.commands.execute(new OperateProjection(name, 'revert'));
  }
}
