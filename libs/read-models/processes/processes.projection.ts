import { PROCESS } from '#workflow/published';
import type { ProcessRow } from '../database/tables.js';
import { streamProjection } from '../projector/stream-rows.js';
import { completed, REFUSED, type ProcessDoc } from './process.doc.js';
import { foldProcess } from './process.fold.js';
import { searchText } from './search-text.js';

/** What lists and details show beside the document; `failed_at` is for the dashboard only. */
export const PROCESS_COLUMNS = [
  'workflow',
  'target',
  'is_task',
  'created_by',
  'last_status',
  'last_step',
  'failed_reason',
  'product_id',
  'customer_id',
  'assignee',
  'note',
  'started_at',
  'updated_at',
] as const;

export const processesProjection = streamProjection<ProcessRow, ProcessDoc>({
  name: 'processes',
  version: 7,
  category: PROCESS,
  columnNames: [...PROCESS_COLUMNS, 'hidden', 'failed_at', 'search'],
  fold: foldProcess,
  completed,
  columns: (doc) => ({
    workflow: doc.started.workflow,
    target: doc.started.target,
    is_task: doc.started.isTask ? 1 : 0,
    created_by: doc.started.createdBy,
    last_status: doc.status,
    last_step: doc.lastStep,
    failed_reason: doc.failedReason,
    product_id: doc.started.product?.productId ?? null,
    customer_id: doc.started.customerId ?? null,
    assignee: doc.assignee,
    note: doc.note,
    hidden: doc.hidden || doc.status === REFUSED ? 1 : 0,
    started_at: doc.startedAt,
    updated_at: doc.updatedAt,
    failed_at: doc.failedAt,
    search: searchText(doc),
  }),
});
