import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiMinPosition, ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { GetOverview } from './overview.query.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { OverviewSchema } from './overview.answers.js';

@ApiTags('dashboards')
@Controller('dashboards')
@Needs('read')
export class DashboardController {
  constructor(private readonly queries: QueryBus) {}

  @Get('overview')
  @ApiMinPosition()
  @ApiAnswer(OverviewSchema, 'Counts, what waits longest, failures of the last 24 hours')
  @ApiProblems(400, 503)
  overview() {
    return this.queries.execute(new GetOverview());
  }
}
