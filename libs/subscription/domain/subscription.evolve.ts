import type { SubscriptionEvent } from '../published/index.js';
import type { SubscriptionState } from './subscription.state.js';

/** Folds one event. Total: what does not fit changes nothing. */
export function evolveSubscription(state: SubscriptionState, event: SubscriptionEvent): SubscriptionState {
  if (event.type === 'SubscriptionCreated') {
    const { productId, productName, customerId, description, status, insync } = event.data;
    const fresh = { values: {}, processes: [], startDate: undefined };
    return state.status === 'none'
      ? { productId, productName, customerId, description, status, insync, ...fresh }
      : state;
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'SubscriptionValuesChanged': {
      const { block, values } = event.data;
      return { ...state, values: { ...state.values, [block]: { ...state.values[block], ...values } } };
    }
    case 'SubscriptionDescriptionChanged':
      return { ...state, description: event.data.description };
    case 'SubscriptionProvisioningStarted':
      return { ...state, status: 'provisioning' };
    case 'SubscriptionActivated':
      return { ...state, status: 'active', startDate: event.data.startDate };
    case 'SubscriptionMigrating':
      return { ...state, status: 'migrating' };
    case 'SubscriptionDisabled':
      return { ...state, status: 'disabled' };
    case 'SubscriptionTerminated':
      return { ...state, status: 'terminated', endDate: event.data.endDate };
    case 'UnSynced':
      return { ...state, insync: false };
    case 'Resynced':
      return { ...state, insync: true };
    case 'ProcessRelated':
      return { ...state, processes: [...state.processes, event.data.processId] };
    default:
      return state;
  }
}
