import { applyDecorators, Controller, Get, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags, OmitType } from '@nestjs/swagger';
import type { Readable } from 'node:stream';
import type { ListQuery, Page, SubscriptionItem } from '#read-models';
import { ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { ListDto } from '../http/query.dto.js';
import { listQueryOf } from '../http/slice.js';
import { ListOperationsDto, operationQueryOf } from '../operations/operation.dto.js';
import { ListOperations } from '../operations/operation.queries.js';
import { ListPortfolios } from '../portfolio/portfolio.queries.js';
import { ListPortfoliosDto, portfolioQueryOf } from '../portfolio/portfolio.query.dto.js';
import { ListProcesses } from '../processes/process.queries.js';
import { ListSubscriptions } from '../subscriptions/subscription.queries.js';
import { ListSubscriptionsDto, subscriptionQueryOf } from '../subscriptions/subscription.query.dto.js';
import {
  OPERATION_COLUMNS,
  PORTFOLIO_COLUMNS,
  PROCESS_COLUMNS,
  SUBSCRIPTION_COLUMNS,
  type Columns,
} from './csv-columns.js';
import { csvStream } from './csv-stream.js';

/** A CSV is the whole list: there is nothing to go on from. */
const PLACE = ['range', 'cursor', 'limit', 'count'] as const;
class PortfoliosCsvDto extends OmitType(ListPortfoliosDto, PLACE) {}
class ProcessesCsvDto extends OmitType(ListDto, PLACE) {}
class SubscriptionsCsvDto extends OmitType(ListSubscriptionsDto, PLACE) {}
class OperationsCsvDto extends OmitType(ListOperationsDto, PLACE) {}

const ApiCsv = (of: string) =>
  applyDecorators(
    ApiOkResponse({
      description: `All ${of} that match, one a line (RFC 4180), times as RFC 3339. Sorted by what does not change, else newest first`,
      content: { 'text/csv': { schema: { type: 'string' } } },
    }),
    ApiProblems(400, 503),
  );

interface Reply {
  header(name: string, value: string): Reply;
  send(body: Readable): unknown;
}

/** The lists as CSV, with the filters and the search of the lists themselves. */
@ApiTags('lists')
@Controller()
@Needs('read')
export class CsvController {
  constructor(private readonly queries: QueryBus) {}

  @Get('portfolios.csv')
  @ApiCsv('portfolios')
  async portfolios(@Query() query: PortfoliosCsvDto, @Res() reply: Reply): Promise<void> {
    const read = (asked: ListQuery) => this.queries.execute(new ListPortfolios(asked));
    await answer(reply, 'portfolios', PORTFOLIO_COLUMNS, portfolioQueryOf(query), read);
  }

  @Get('processes.csv')
  @ApiCsv('processes')
  async processes(@Query() query: ProcessesCsvDto, @Res() reply: Reply): Promise<void> {
    const read = (asked: ListQuery) => this.queries.execute(new ListProcesses(asked));
    await answer(reply, 'processes', PROCESS_COLUMNS, listQueryOf(query), read);
  }

  @Get('subscriptions.csv')
  @ApiCsv('subscriptions')
  async subscriptions(@Query() query: SubscriptionsCsvDto, @Res() reply: Reply): Promise<void> {
    const read = (asked: ListQuery) =>
      this.queries.execute(new ListSubscriptions(asked)) as Promise<Page<SubscriptionItem>>;
    await answer(reply, 'subscriptions', SUBSCRIPTION_COLUMNS, subscriptionQueryOf(query), read);
  }

  @Get('operations.csv')
  @ApiCsv('operations')
  async operations(@Query() query: OperationsCsvDto, @Res() reply: Reply): Promise<void> {
    const read = (asked: ListQuery) => this.queries.execute(new ListOperations(asked));
    await answer(reply, 'operations', OPERATION_COLUMNS, operationQueryOf(query), read);
  }
}

async function answer<T>(
  reply: Reply,
  name: string,
  columns: Columns<T>,
  query: ListQuery,
  read: (query: ListQuery) => Promise<Page<T>>,
): Promise<void> {
  const stream = await csvStream(columns, query, read);
  reply
    .header('Content-Type', 'text/csv; charset=utf-8; header=present')
    .header('Content-Disposition', `attachment; filename="${name}.csv"`)
    .send(stream);
}
