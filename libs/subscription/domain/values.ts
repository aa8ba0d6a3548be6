import { Refusal, sameJson } from '#kernel';
import type { SubscriptionCommand, SubscriptionEvent } from '../published/index.js';
import type { Requirements } from './status.js';
import type { ExistingSubscription } from './subscription.state.js';

type SetValues = SubscriptionCommand & { readonly type: 'SetValues' };

/** Changed fields only. Values fit their schemas in every status, and take nothing away that the present one asks for. */
export function setValues(
  catalogue: Requirements,
  { block, values: given, processId, time }: SetValues,
  state: ExistingSubscription,
): readonly SubscriptionEvent[] {
  const before = state.values[block] ?? {};
  const values = Object.fromEntries(Object.entries(given).filter(([key, value]) => !sameJson(value, before[key])));
  if (Object.keys(values).length === 0) return [];
  const errors = catalogue.faults(state.productId, block, values);
  if (errors.length > 0) throw new Refusal('validation_failed', 400, `values of ${block} are not valid`, {}, errors);
  refuseTaken(catalogue, { ...state.values, [block]: { ...before, ...values } }, state);
  return [{ type: 'SubscriptionValuesChanged', data: { block, values, processId, time } }];
}

function refuseTaken(catalogue: Requirements, after: ExistingSubscription['values'], state: ExistingSubscription) {
  const { productId, values, status } = state;
  const lacked = catalogue.missing(productId, values, status);
  const missing = catalogue.missing(productId, after, status).filter((each) => !lacked.includes(each));
  if (missing.length === 0) return;
  const detail = `a subscription that is ${status} needs ${missing.join(', ')}`;
  throw new Refusal('missing_fields', 409, detail, { state: status, missing });
}
