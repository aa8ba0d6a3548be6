import type { Difference } from '#subscription/published';
import type { SubscriptionRow } from '../database/tables.js';
import type { CustomerDescriptionDoc, SubscriptionDoc } from './subscription.doc.js';

/** What a customer calls a subscription; `created_at` is seconds since the epoch. */
export interface CustomerDescriptionItem {
  readonly id: string;
  readonly subscription_id: string;
  readonly customer_id: string;
  readonly description: string;
  readonly created_at: number;
  readonly version: number;
}

/** The Workflow Orchestrator's Subscription; times are seconds since the epoch with fractions. */
export interface SubscriptionItem {
  readonly subscription_id: string;
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly product_id: string;
  readonly product: { readonly product_id: string; readonly name: string };
  readonly customer_id: string;
  readonly insync: boolean;
  readonly note: string | null;
  readonly start_date: number | null;
  readonly end_date: number | null;
  /** Rises by one with every change. */
  readonly version: number;
  readonly customer_descriptions: readonly CustomerDescriptionItem[];
  readonly metadata: SubscriptionDoc['metadata'];
}
export interface SubscriptionDrift {
  /** The validation that found it. */
  readonly process_id: string;
  readonly found_at: number;
  readonly differences: readonly Difference[];
}
export type SubscriptionDetail = SubscriptionItem & {
  /** Fields per block attribute. */
  readonly values: SubscriptionDoc['values'];
  readonly holder: SubscriptionDoc['holder'];
  readonly creation: SubscriptionDoc['creation'];
  /** What the last validation found and nobody has repaired since. */
  readonly drift: SubscriptionDrift | null;
  readonly position: number;
};

const secondsOrNull = (ms: number | null): number | null => (ms === null ? null : Number(ms) / 1000);

export const docOf = (row: { readonly doc: string }): SubscriptionDoc => JSON.parse(row.doc) as SubscriptionDoc;

export const itemOf = (row: SubscriptionRow, doc: SubscriptionDoc = docOf(row)): SubscriptionItem => ({
  subscription_id: row.id,
  name: row.product_name,
  description: row.description,
  status: row.status,
  product_id: row.product_id,
  product: { product_id: row.product_id, name: row.product_name },
  customer_id: row.customer_id,
  insync: row.insync !== 0,
  note: doc.note,
  start_date: secondsOrNull(row.start_date),
  end_date: secondsOrNull(row.end_date),
  version: doc.version,
  customer_descriptions: Object.entries(doc.customerDescriptions).map((each) => customerDescriptionOf(row.id, each)),
  metadata: doc.metadata,
});

export const customerDescriptionOf = (
  subscriptionId: string,
  [id, { customerId, description, version, createdAt }]: readonly [string, CustomerDescriptionDoc],
): CustomerDescriptionItem => ({
  id,
  subscription_id: subscriptionId,
  customer_id: customerId,
  description,
  created_at: createdAt / 1000,
  version,
});

export function detailOf(row: SubscriptionRow): SubscriptionDetail {
  const doc = docOf(row);
  const { values, holder, creation, drift } = doc;
  return { ...itemOf(row, doc), values, holder, creation, drift: driftOf(drift), position: Number(row.position) };
}

function driftOf(drift: SubscriptionDoc['drift']): SubscriptionDrift | null {
  if (!drift) return null;
  const { processId, at, differences } = drift;
  return { process_id: processId, found_at: at / 1000, differences };
}
