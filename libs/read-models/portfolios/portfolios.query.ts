import { PORTFOLIO_CATEGORY } from '#portfolio/published';
import { unreadable } from '../database/parked.js';
import type { ReadModels } from '../database/read-models.js';
import { listRows, type ListQuery, type ListView } from '../database/listing.js';
import { sameAs } from '../database/list-fields.js';
import type { Slice } from '../database/paging.js';
import type { PortfolioRow } from '../database/tables.js';
import type { PortfolioDoc } from './portfolio.doc.js';

export interface PortfolioItem {
  readonly id: string;
  readonly name: string;
  readonly csp: string;
  readonly state: string;
  /** As in the detail. */
  readonly phase: string;
  readonly stage: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}
/** `phase` as in the document, or CONFIGURATION_ERROR when no code here knows one of its events (law 8). */
export type PortfolioDetail = Omit<PortfolioDoc, 'phase'> & {
  readonly id: string;
  readonly phase: string;
  readonly revision: number;
  readonly position: number;
};

const VIEW: ListView = {
  table: 'portfolios',
  created: 'created_at',
  columns: ['id', 'name', 'csp', 'state', 'phase', 'stage', 'created_at', 'updated_at'],
  fields: {
    id: { column: 'id', fixed: true },
    name: { column: 'name', fixed: true },
    csp: { column: 'csp', fixed: true },
    state: { column: 'state' },
    phase: { column: 'phase' },
    stage: { column: 'stage', nullable: true },
    createdAt: { column: 'created_at', kind: 'milliseconds', fixed: true },
    updatedAt: { column: 'updated_at', kind: 'milliseconds' },
    failedAt: { column: 'failed_at', kind: 'milliseconds', nullable: true },
  },
};

export interface PortfolioQuery extends ListQuery {
  readonly state?: string;
  readonly csp?: string;
}
type Row = Pick<PortfolioRow, 'id' | 'name' | 'csp' | 'state' | 'phase' | 'stage' | 'created_at' | 'updated_at'>;

/** Newest first unless sorted; see {@link listRows}. */
export async function listPortfolios(models: ReadModels, query: PortfolioQuery = {}): Promise<Slice<PortfolioItem>> {
  const { rows, ...place } = await listRows<Row>(models, VIEW, query, sameAs({ state: query.state, csp: query.csp }));
  const lost = await unreadable(models, rows.map(streamOf));
  const items = rows.map((row) => ({
    id: row.id,
    name: row.name,
    csp: row.csp,
    state: row.state,
    phase: lost.has(streamOf(row)) ? 'CONFIGURATION_ERROR' : row.phase,
    stage: row.stage,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  }));
  return { items, ...place };
}

export interface PortfolioChild {
  readonly id: string;
  readonly name: string;
  readonly csp: string;
  readonly state: string;
}

/** Portfolios that name this one as their parent, or did so once, oldest first. */
export async function portfolioChildren(models: ReadModels, parent: string): Promise<readonly PortfolioChild[]> {
  return models.db
    .selectFrom('portfolio_children')
    .innerJoin('portfolios', 'portfolios.id', 'portfolio_children.child')
    .where('parent', '=', parent)
    .select(['portfolios.id', 'portfolios.name', 'portfolios.csp', 'portfolios.state'])
    .orderBy('portfolios.created_at')
    .orderBy('portfolios.id')
    .execute();
}

const streamOf = ({ id }: { readonly id: string }): string => `${PORTFOLIO_CATEGORY}-${id}`;

export async function portfolio(models: ReadModels, id: string): Promise<PortfolioDetail | undefined> {
  const row = await models.db
    .selectFrom('portfolios')
    .select(['id', 'doc', 'revision', 'position'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const lost = await unreadable(models, [streamOf(row)]);
  const doc = JSON.parse(row.doc) as PortfolioDoc;
  const phase = lost.size > 0 ? 'CONFIGURATION_ERROR' : doc.phase;
  return { ...doc, phase, id, revision: Number(row.revision), position: Number(row.position) };
}
