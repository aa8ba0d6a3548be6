import { OPERATION_CATEGORY, OPERATION_STATES } from '#provisioning/published';
import type { OperationRow } from '../database/tables.js';
import { searchable } from '../database/words.js';
import { streamProjection } from '../projector/stream-rows.js';
import { foldOperation, type OperationDoc } from './operation.doc.js';
import { closesAt, nextDue, overdueSince } from './operation.view.js';

export const operationsProjection = streamProjection<OperationRow, OperationDoc>({
  name: 'operations',
  version: 2,
  category: OPERATION_CATEGORY,
  columnNames: [
    'state',
    'code',
    'types',
    'next_due',
    'closes_at',
    'overdue_since',
    'created_at',
    'updated_at',
    'failed_at',
    'search',
  ],
  fold: foldOperation,
  columns: (doc) => ({
    state: doc.state,
    code: OPERATION_STATES[doc.state],
    types: `,${[...new Set(doc.needs.map(({ type }) => type))].join(',')},`,
    next_due: nextDue(doc),
    closes_at: closesAt(doc),
    overdue_since: overdueSince(doc),
    created_at: doc.createdAt,
    updated_at: doc.updatedAt,
    failed_at: doc.failedAt,
    search: searchable([...doc.needs.flatMap(({ id, type }) => [type, id]), doc.lastError?.code, doc.parent?.stream]),
  }),
});
