import { sql } from 'kysely';
import { OPERATION_CATEGORY } from '#provisioning/published';
import type { ReadModels } from '../database/read-models.js';
import { after, cursorOf, pageSize, type Page } from '../database/paging.js';
import type { OperationDoc } from './operation.doc.js';
import { operationView, type OperationView } from './operation.view.js';

export type OperationItem = Omit<OperationView, 'history' | 'answers' | 'policy' | 'left'>;

export interface OperationQuery {
  readonly state?: string;
  /** Resource type of any of its needs. */
  readonly type?: string;
  /** Past the deadline of something the other side has, or waiting for a person because of it. */
  readonly overdue?: boolean;
  readonly cursor?: string;
  readonly limit?: number;
}

/** Newest first; the cursor is a place in that order. `now` is ms since the epoch. */
export async function listOperations(
  { db }: ReadModels,
  query: OperationQuery,
  now: number,
): Promise<Page<OperationItem>> {
  const limit = pageSize(query.limit);
  let select = db
    .selectFrom('operations')
    .select(['id', 'doc', 'revision', 'position', 'created_at'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (query.state !== undefined) select = select.where('state', '=', query.state);
  if (query.type !== undefined) select = select.where(sql<boolean>`types like ${pattern(query.type)} escape '\\'`);
  if (query.overdue === true)
    select = select.where((eb) => eb.or([eb('overdue_since', 'is not', null), eb('closes_at', '<', now)]));
  const from = after(query.cursor);
  if (from !== undefined)
    select = select.where((eb) =>
      eb.or([eb('created_at', '<', from.at), eb.and([eb('created_at', '=', from.at), eb('id', '<', from.id)])]),
    );
  const rows = await select.execute();
  const items = rows.slice(0, limit).map((row) => itemOf(viewOf(row, now)));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursorOf(last.createdAt, last.id) : null };
}

export async function operation({ db }: ReadModels, id: string, now: number): Promise<OperationView | undefined> {
  const row = await db
    .selectFrom('operations')
    .select(['id', 'doc', 'revision', 'position'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const unknown = await db
    .selectFrom('parked')
    .select('revision')
    .where('stream', '=', `${OPERATION_CATEGORY}-${id}`)
    .where('kind', '=', 'unknown')
    .executeTakeFirst();
  const view = viewOf(row, now);
  return unknown ? { ...view, state: 'CONFIGURATION_ERROR' } : view;
}

interface Row {
  readonly id: string;
  readonly doc: string;
  readonly revision: number;
  readonly position: number;
}

const viewOf = ({ id, doc, revision, position }: Row, now: number): OperationView =>
  operationView(JSON.parse(doc) as OperationDoc, { id, revision: Number(revision), position: Number(position) }, now);

function itemOf({ history: _h, answers: _a, policy: _p, left: _l, ...item }: OperationView): OperationItem {
  return item;
}

const pattern = (type: string): string => `%,${type.replace(/[\\%_]/g, '\\$&')},%`;
