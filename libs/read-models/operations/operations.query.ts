import { sql } from 'kysely';
import { OPERATION_CATEGORY } from '#provisioning/published';
import type { ReadModels } from '../database/read-models.js';
import { sameAs } from '../database/list-fields.js';
import { listRows, type ListQuery, type ListView } from '../database/listing.js';
import type { Slice } from '../database/paging.js';
import type { Condition } from '../database/text-search.js';
import type { OperationDoc } from './operation.doc.js';
import { operationView, type OperationView } from './operation.view.js';

export type OperationItem = Omit<OperationView, 'history' | 'answers' | 'policy' | 'left'>;

export interface OperationQuery extends ListQuery {
  readonly state?: string;
  /** Resource type of any of its needs. */
  readonly type?: string;
  /** Past the deadline of something the other side has, or waiting for a person because of it. */
  readonly overdue?: boolean;
}

const VIEW: ListView = {
  table: 'operations',
  created: 'created_at',
  columns: ['id', 'doc', 'revision', 'position'],
  fields: {
    id: { column: 'id', fixed: true },
    state: { column: 'state' },
    code: { column: 'code', kind: 'number' },
    type: { column: 'types', matches: (types) => sql`(${sql.join(types.map(hasType), sql` OR `)})` },
    nextDue: { column: 'next_due', kind: 'milliseconds', nullable: true },
    createdAt: { column: 'created_at', kind: 'milliseconds', fixed: true },
    updatedAt: { column: 'updated_at', kind: 'milliseconds' },
    failedAt: { column: 'failed_at', kind: 'milliseconds', nullable: true },
  },
};

const hasType = (type: string): Condition =>
  sql`types LIKE ${`%,${type.replaceAll(/[\\%_]/g, String.raw`\$&`)},%`} ESCAPE '\\'`;

/** Newest first unless sorted; see {@link listRows}. `now` is ms since the epoch. */
export async function listOperations(
  models: ReadModels,
  query: OperationQuery,
  now: number,
): Promise<Slice<OperationItem>> {
  const { overdue, type, state } = query;
  const conditions = [...sameAs({ state }), ...(type === undefined ? [] : [hasType(type)])];
  if (overdue === true) conditions.push(sql`(overdue_since IS NOT NULL OR closes_at < ${now})`);
  const { rows, ...place } = await listRows<Row>(models, VIEW, query, conditions);
  return { items: rows.map((row) => itemOf(viewOf(row, now))), ...place };
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
