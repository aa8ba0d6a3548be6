import type { SubscriptionDoc } from './subscription.doc.js';

/** What a search looks in, in lower case: everything people know a subscription by, its values included. The id is looked up beside. */
export function searchText(doc: SubscriptionDoc): string {
  const { description, productName, customerId, status, note, values, metadata, customerDescriptions } = doc;
  const others = Object.values(customerDescriptions).map((each) => each.description);
  const texts = [description, productName, customerId, status, note ?? '', ...others];
  return [...texts, ...leavesOf(values), ...leavesOf(metadata)].join('\n').toLowerCase();
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return value == null ? [] : [`${value as string | number | boolean}`];
}
