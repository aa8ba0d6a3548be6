import { Refusal, sameJson, type Decider } from '#kernel';
import type { SubscriptionCommand, SubscriptionEvent } from '../published/index.js';
import { claim, refuseUnheld, release, releaseUse, reserveUse } from './claims.js';
import { setStatus, type Requirements } from './status.js';
import {
  removeCustomerDescription,
  setCustomerDescription,
  setDescription,
  setInSync,
  setMetadata,
  setNote,
} from './details.js';
import { evolveSubscription } from './subscription.evolve.js';
import { setValues } from './values.js';
import type { ExistingSubscription, SubscriptionState } from './subscription.state.js';

/**
 * A subscription. Repeats are silence. Refusals: `subscription_not_found` 404, `invalid_transition` 409 (names the legal targets),
 * `missing_fields` 409 (names them), `unsafe_status_change` 409 (names the users), `validation_failed` 400 (values, by pointer), and those of
 * {@link claim}, {@link reserveUse} and {@link refuseUnheld}.
 */
export function subscriptionDecider(
  catalogue: Requirements,
): Decider<SubscriptionState, SubscriptionCommand, SubscriptionEvent> {
  return {
    initial: () => ({ status: 'none' }),
    evolve: evolveSubscription,
    decide(command, state) {
      if (command.type === 'CreateSubscription') return state.status === 'none' ? [created(command)] : [];
      if (state.status === 'none') throw new Refusal('subscription_not_found', 404, 'there is no such subscription');
      return isHolding(command) ? hold(command, state) : change(catalogue, command, state);
    },
  };
}

type Command<T extends SubscriptionCommand['type']> = SubscriptionCommand & { readonly type: T };

function created({ type: _, holderId: _root, ...data }: Command<'CreateSubscription'>): SubscriptionEvent {
  return { type: 'SubscriptionCreated', data: { ...data, status: 'initial', insync: false } };
}

const HOLDING = ['ClaimSubscription', 'ReleaseSubscription', 'ReserveUse', 'ReleaseUse'] as const;
type Holding = Command<(typeof HOLDING)[number]>;
const isHolding = (command: SubscriptionCommand): command is Holding =>
  (HOLDING as readonly string[]).includes(command.type);

function hold(command: Holding, state: ExistingSubscription): readonly SubscriptionEvent[] {
  switch (command.type) {
    case 'ClaimSubscription':
      return claim(command, state);
    case 'ReleaseSubscription':
      return release(command, state);
    case 'ReserveUse':
      return reserveUse(command, state);
    case 'ReleaseUse':
      return releaseUse(command, state);
  }
}

function change(
  catalogue: Requirements,
  command: Exclude<SubscriptionCommand, Holding | Command<'CreateSubscription'>>,
  state: ExistingSubscription,
): readonly SubscriptionEvent[] {
  refuseUnheld(command, state);
  const { time } = command;
  switch (command.type) {
    case 'SetStatus':
      return setStatus(catalogue, command, state);
    case 'SetValues':
      return setValues(catalogue, command, state);
    case 'SetDescription':
      return setDescription(command, state);
    case 'SetNote':
      return setNote(command, state);
    case 'SetMetadata':
      return setMetadata(catalogue, command, state);
    case 'SetCustomerDescription':
      return setCustomerDescription(command, state);
    case 'RemoveCustomerDescription':
      return removeCustomerDescription(command, state);
    case 'SetInSync':
      return setInSync(command, state);
    case 'Unsync':
      return state.insync ? [{ type: 'UnSynced', data: { processId: command.processId, time } }] : [];
    case 'ReportDrift': {
      const { processId, differences } = command;
      return sameJson(differences, state.drift?.differences ?? []) && !(differences.length > 0 && state.insync)
        ? []
        : [{ type: 'DriftReported', data: { processId, differences: [...differences], time } }];
    }
    case 'Resync':
      return state.insync ? [] : [{ type: 'Resynced', data: { processId: command.processId, time } }];
    case 'RelateProcess': {
      const { processId, workflow, target } = command;
      return state.processes.includes(processId)
        ? []
        : [{ type: 'ProcessRelated', data: { processId, workflow, target, time } }];
    }
  }
}
