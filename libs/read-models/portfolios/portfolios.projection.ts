import { PORTFOLIO_CATEGORY } from '#portfolio/published';
import type { PortfolioRow } from '../database/tables.js';
import { searchable } from '../database/words.js';
import { streamProjection } from '../projector/stream-rows.js';
import { erasedPortfolio } from './portfolio.erased.js';
import { foldPortfolio, type PortfolioDoc } from './portfolio.doc.js';

export const portfoliosProjection = streamProjection<PortfolioRow, PortfolioDoc>({
  name: 'portfolios',
  version: 8,
  category: PORTFOLIO_CATEGORY,
  columnNames: [
    'name',
    'csp',
    'state',
    'state_since',
    'phase',
    'stage',
    'created_at',
    'updated_at',
    'failed_at',
    'search',
  ],
  fold: foldPortfolio,
  erased: erasedPortfolio,
  columns: (doc) => ({
    name: doc.name,
    csp: doc.csp,
    state: doc.state,
    state_since: doc.stateSince,
    phase: doc.phase,
    stage: doc.stage,
    created_at: doc.createdAt,
    updated_at: doc.updatedAt,
    failed_at: doc.failedAt,
    search: searchable([doc.name, doc.csp]),
  }),
});
