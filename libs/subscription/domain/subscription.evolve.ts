import type { SubscriptionEvent, SubscriptionEvents } from '../published/index.js';
import type { ExistingSubscription, SubscriptionState } from './subscription.state.js';

/** Folds one event. Total: what does not fit changes nothing. */
export function evolveSubscription(state: SubscriptionState, event: SubscriptionEvent): SubscriptionState {
  if (event.type === 'SubscriptionCreated') {
    return state.status === 'none' ? created(event.data) : state;
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
    case 'DriftReported':
      return drifted(state, event.data);
    case 'Resynced':
      return { ...state, insync: true, creation: 'done' };
    case 'SubscriptionClaimed': {
      const { processId, workflow, target } = event.data;
      return { ...state, holder: { processId, workflow, target } };
    }
    case 'SubscriptionReleased':
      return released(state, event.data.processId);
    case 'UseReserved':
      return { ...state, users: { ...state.users, [event.data.userSubscriptionId]: event.data.userStatus } };
    case 'UseReleased': {
      const { [event.data.userSubscriptionId]: _, ...users } = state.users;
      return { ...state, users };
    }
    case 'ProcessRelated':
      return { ...state, processes: [...state.processes, event.data.processId] };
    default:
      return state;
  }
}

/** Who held a subscription of the time before claims is not known: it counts as created. */
function created(data: SubscriptionEvents['SubscriptionCreated']['data']): SubscriptionState {
  const { productId, productName, customerId, description, status, insync, holder } = data;
  const creation = holder ? 'running' : 'done';
  const fresh = { values: {}, processes: [], startDate: undefined, creation, holder, ended: [], users: {} } as const;
  return { productId, productName, customerId, description, status, insync, ...fresh };
}

function drifted(
  { drift: _, ...state }: ExistingSubscription,
  { processId, differences }: SubscriptionEvents['DriftReported']['data'],
): ExistingSubscription {
  return differences.length === 0 ? state : { ...state, insync: false, drift: { processId, differences } };
}

/** More than can be under way to one subscription at once. */
const REMEMBERED = 256;

function released(state: ExistingSubscription, processId: string): SubscriptionState {
  const ended = [...state.ended.slice(1 - REMEMBERED), processId];
  const creation = state.creation === 'running' ? 'aborted' : state.creation;
  return { ...state, creation, holder: undefined, ended };
}
