import { searchable } from '../database/words.js';
import type { SubscriptionDoc } from './subscription.doc.js';

/** What a search looks in: everything people know a subscription by, its values included. */
export function searchText(doc: SubscriptionDoc): string {
  const { description, productName, customerId, status, note, values, metadata, customerDescriptions } = doc;
  const others = Object.values(customerDescriptions).map((each) => each.description);
  const texts = [description, productName, customerId, status, note, ...others];
  return searchable([...texts, ...leavesOf(values), ...leavesOf(metadata)]);
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return value == null ? [] : [`${value as string | number | boolean}`];
}
