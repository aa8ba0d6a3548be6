import { GetActivityHandler, GetSubscriptionFiguresHandler } from './dashboard.queries.js';
import { GetEngineFiguresHandler } from './engine.query.js';
import { GetFailuresHandler } from './failures.query.js';
import { GetOverviewHandler } from './overview.query.js';
import { GetSeriesHandler } from './series.query.js';

export { DashboardController } from './dashboard.controller.js';

export const dashboardQueryHandlers = [
  GetOverviewHandler,
  GetActivityHandler,
  GetSubscriptionFiguresHandler,
  GetEngineFiguresHandler,
  GetFailuresHandler,
  GetSeriesHandler,
];
