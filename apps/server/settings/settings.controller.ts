import { Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { settingsOverview } from '#platform';
import { viewsCaughtUp } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { NoBody } from '../http/no-body.js';
import { QueryDto } from '../http/query.dto.js';
import { Caches } from './caches.js';
import {
  CacheNamesSchema,
  DeletedSchema,
  NothingSchema,
  OverviewSchema,
  WorkerStatusSchema,
} from './settings.answers.js';
import { GetWorkerStatus } from './worker.status.js';

/** How long a reset waits for the views, ms. */
const CATCH_UP_MS = 30_000;

@ApiTags('settings')
@Controller('settings')
@Needs('operate')
export class SettingsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly parts: Parts,
    private readonly caches: Caches,
  ) {}

  @Get('worker-status')
  @Needs('read')
  @ApiAnswer(WorkerStatusSchema, 'Workers and what they have to do')
  @ApiProblems(400, 503)
  workers(@Query() _: QueryDto) {
    return this.queries.execute(new GetWorkerStatus());
  }

  @Get('cache-names')
  @Needs('read')
  @ApiAnswer(CacheNamesSchema, 'What DELETE /settings/cache/{name} can clear')
  @ApiProblems(400, 503)
  cacheNames(@Query() _: QueryDto) {
    return this.caches.names();
  }

  @Delete('cache/:name')
  @NoBody()
  @ApiAnswer(DeletedSchema, 'How many entries were deleted in this process')
  @ApiProblems(400)
  clear(@Param('name') name: string) {
    return this.caches.clear(name);
  }

  @Post('search-index/reset')
  @NoBody()
  @HttpCode(200)
  @Header('Content-Type', 'application/json')
  @ApiAnswer(NothingSchema, 'The views, which are what is searched, hold everything that was recorded before')
  @ApiProblems(503)
  async resetSearch() {
    await viewsCaughtUp(this.parts, CATCH_UP_MS);
    return 'null';
  }

  @Get('overview')
  @ApiAnswer(OverviewSchema, 'What this process runs with; secrets are masked')
  @ApiProblems(400, 503)
  overview(@Query() _: QueryDto) {
    return settingsOverview(this.parts.config);
  }
}
