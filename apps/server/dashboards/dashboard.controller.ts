import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { FIGURES_GROUP, MAIN } from '#read-models';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { QueryDto } from '../http/query.dto.js';
import { Reads } from '../http/reads.js';
import * as answers from './dashboard.answers.js';
import { FailuresDto, SeriesDto, WindowDto } from './dashboard.dto.js';
import { GetActivity, GetSubscriptionFigures } from './dashboard.queries.js';
import { GetEngineFigures } from './engine.query.js';
import { GetFailures } from './failures.query.js';
import { OverviewSchema } from './overview.answers.js';
import { GetOverview } from './overview.query.js';
import { GetSeries } from './series.query.js';

@ApiTags('dashboards')
@Controller('dashboards')
@Needs('read')
export class DashboardController {
  constructor(private readonly queries: QueryBus) {}

  @Get('overview')
  @ApiAnswer(OverviewSchema, 'Counts, what waits longest, failures of the last 24 hours')
  @ApiProblems(400, 503)
  overview(@Query() _: QueryDto) {
    return this.queries.execute(new GetOverview());
  }

  @Get('portfolios')
  @Reads(MAIN, FIGURES_GROUP)
  @ApiAnswer(answers.PortfolioActivitySchema, 'Portfolios by state; stages now, how long they took, why they failed')
  @ApiProblems(400, 503)
  portfolios(@Query() { days }: WindowDto) {
    return this.queries.execute(new GetActivity('portfolio', days));
  }

  @Get('processes')
  @Reads(MAIN, FIGURES_GROUP)
  @ApiAnswer(
    answers.ProcessActivitySchema,
    'Open processes by status and whom they wait for; throughput, durations and retries by workflow and step',
  )
  @ApiProblems(400, 503)
  processes(@Query() { days }: WindowDto) {
    return this.queries.execute(new GetActivity('process', days));
  }

  @Get('operations')
  @Reads(MAIN, FIGURES_GROUP)
  @ApiAnswer(
    answers.OperationActivitySchema,
    'Operations by state; by resource type what is open and overdue, error rates and how long answers took',
  )
  @ApiProblems(400, 503)
  operations(@Query() { days }: WindowDto) {
    return this.queries.execute(new GetActivity('operation', days));
  }

  @Get('subscriptions')
  @Reads(MAIN, FIGURES_GROUP)
  @ApiAnswer(answers.SubscriptionFiguresSchema, 'Subscriptions by product, status, in sync and customer; their changes')
  @ApiProblems(400, 503)
  subscriptions(@Query() { days }: WindowDto) {
    return this.queries.execute(new GetSubscriptionFigures(days));
  }

  @Get('engine')
  @ApiAnswer(answers.EngineFiguresSchema, 'Engine, workers and queue; how far the views are behind the log')
  @ApiProblems(400, 503)
  engine(@Query() _: QueryDto) {
    return this.queries.execute(new GetEngineFigures());
  }

  @Get('failures')
  @Reads(FIGURES_GROUP)
  @ApiAnswer(answers.FailuresSchema, "Today's failures that still stand, with the commands that would help")
  @ApiProblems(400, 503)
  failures(@Query() { limit }: FailuresDto) {
    return this.queries.execute(new GetFailures(limit));
  }

  @Get('series')
  @Reads(FIGURES_GROUP)
  @ApiAnswer(answers.SeriesSchema, 'A figure by hour or day; periods in which nothing was counted are left out')
  @ApiProblems(400, 503)
  series(@Query() query: SeriesDto) {
    return this.queries.execute(new GetSeries(query));
  }
}
