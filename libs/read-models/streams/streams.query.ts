import { sameAs } from '../database/list-fields.js';
import { listRows, type ListQuery, type ListView } from '../database/listing.js';
import type { Slice } from '../database/paging.js';
import type { ReadModels } from '../database/read-models.js';
import type { StreamRow } from '../database/tables.js';

/** A stream as it began. */
export interface StreamItem {
  readonly stream: string;
  readonly category: string;
  /** What people know it by; null where it has no name. */
  readonly label: string | null;
  /** Type of its first event. */
  readonly type: string;
  readonly actor: string;
  /** ms since the epoch. */
  readonly createdAt: number;
}

const VIEW: ListView = {
  table: 'streams',
  created: 'created_at',
  columns: ['id', 'category', 'type', 'actor', 'label', 'created_at'],
  fields: {
    stream: { column: 'id', fixed: true },
    category: { column: 'category', fixed: true },
    type: { column: 'type', fixed: true },
    actor: { column: 'actor', fixed: true },
    label: { column: 'label', nullable: true },
    createdAt: { column: 'created_at', kind: 'milliseconds', fixed: true },
  },
};

/** Newest first unless sorted; see {@link listRows}. */
export async function listStreams(
  models: Pick<ReadModels, 'db'>,
  query: ListQuery & { readonly category?: string } = {},
): Promise<Slice<StreamItem>> {
  const { rows, ...place } = await listRows<StreamRow>(models, VIEW, query, sameAs({ category: query.category }));
  const items = rows.map(({ id: stream, category, label, type, actor, created_at }) => ({
    stream,
    category,
    label,
    type,
    actor,
    createdAt: Number(created_at),
  }));
  return { items, ...place };
}
