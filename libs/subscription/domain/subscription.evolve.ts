import { versionAfter, type SubscriptionEvent, type SubscriptionEvents } from '../published/index.js';
import { turnKey, type ExistingSubscription, type SubscriptionState } from './subscription.state.js';

/** Folds one event. Total: what does not fit changes nothing. */
export function evolveSubscription(state: SubscriptionState, event: SubscriptionEvent): SubscriptionState {
  if (state.status === 'none') return event.type === 'SubscriptionCreated' ? created(event.data) : state;
  if (event.type === 'SubscriptionCreated') return state;
  const changed = change(state, event);
  const version = versionAfter(state.version, event.type);
  return version === state.version ? changed : { ...changed, version };
}

function change(
  state: ExistingSubscription,
  event: Exclude<SubscriptionEvent, SubscriptionEvents['SubscriptionCreated']>,
): ExistingSubscription {
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
    case 'MarkedInSync':
      return { ...state, insync: true, creation: 'done' };
    case 'SubscriptionNoteChanged':
      return { ...state, note: event.data.note };
    case 'SubscriptionMetadataChanged':
      return { ...state, metadata: event.data.metadata };
    case 'CustomerDescriptionSet': {
      const { id, customerId, description, version } = event.data;
      const customerDescriptions = { ...state.customerDescriptions, [id]: { customerId, description, version } };
      return { ...state, customerDescriptions };
    }
    case 'CustomerDescriptionRemoved': {
      const { [event.data.id]: _, ...customerDescriptions } = state.customerDescriptions;
      return { ...state, customerDescriptions };
    }
    case 'SubscriptionClaimed': {
      const { processId, workflow, target, isTask, turn } = event.data;
      return { ...state, holder: { processId, workflow, target, isTask, ...(turn !== undefined && { turn }) } };
    }
    case 'SubscriptionReleased':
      return released(state, turnKey(event.data.processId, event.data.turn));
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
function created(data: SubscriptionEvents['SubscriptionCreated']['data']): ExistingSubscription {
  const { productId, productName, customerId, description, status, insync, holder } = data;
  return {
    productId,
    productName,
    customerId,
    description,
    status,
    insync,
    version: 1,
    note: null,
    metadata: {},
    customerDescriptions: {},
    values: {},
    processes: [],
    startDate: undefined,
    creation: holder ? 'running' : 'done',
    holder: holder && { ...holder, isTask: false },
    ended: [],
    users: {},
  };
}

function drifted(
  { drift: _, ...state }: ExistingSubscription,
  { processId, differences }: SubscriptionEvents['DriftReported']['data'],
): ExistingSubscription {
  return differences.length === 0 ? state : { ...state, insync: false, drift: { processId, differences } };
}

/** More than can be under way to one subscription at once. */
const REMEMBERED = 256;

function released(state: ExistingSubscription, key: string): ExistingSubscription {
  const ended = [...state.ended.slice(1 - REMEMBERED), key];
  const creation = state.creation === 'running' ? 'aborted' : state.creation;
  return { ...state, creation, holder: undefined, ended };
}
