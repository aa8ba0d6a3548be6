import { PORTFOLIO_CATEGORY } from '#portfolio/published';
import { unreadable } from '../database/parked.js';
import type { ReadModels } from '../database/read-models.js';
import { after, cursorOf, pageSize, type Page } from '../database/paging.js';
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

/** Newest first; the cursor is a place in that order, so rows that come or change meanwhile are neither repeated nor skipped. */
export async function listPortfolios(
  models: ReadModels,
  query: { state?: string; csp?: string; cursor?: string; limit?: number } = {},
): Promise<Page<PortfolioItem>> {
  const limit = pageSize(query.limit);
  let select = models.db
    .selectFrom('portfolios')
    .select(['id', 'name', 'csp', 'state', 'phase', 'stage', 'created_at', 'updated_at'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (query.state !== undefined) select = select.where('state', '=', query.state);
  if (query.csp !== undefined) select = select.where('csp', '=', query.csp);
  const from = after(query.cursor);
  if (from !== undefined)
    select = select.where((eb) =>
      eb.or([eb('created_at', '<', from.at), eb.and([eb('created_at', '=', from.at), eb('id', '<', from.id)])]),
    );
  const rows = await select.execute();
  const page = rows.slice(0, limit);
  const lost = await unreadable(models, page.map(streamOf));
  const items = page.map(({ created_at, updated_at, ...row }) => ({
    ...row,
    phase: lost.has(streamOf(row)) ? 'CONFIGURATION_ERROR' : row.phase,
    createdAt: Number(created_at),
    updatedAt: Number(updated_at),
  }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursorOf(last.createdAt, last.id) : null };
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
