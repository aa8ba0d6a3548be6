import { Refusal, type Decider } from '#kernel';
import type { Lifecycle, SubscriptionCommand, SubscriptionEvent } from '../published/index.js';
import { claim, release, releaseUse, reserveUse } from './claims.js';
import { evolveSubscription } from './subscription.evolve.js';
import { LEGAL_MOVES, type ExistingSubscription, type SubscriptionState } from './subscription.state.js';

/** What the decider asks the catalogue: mandatory fields that the values lack in a state, as `block.field`. */
export interface Requirements {
  missing(productId: string, values: ExistingSubscription['values'], state: Lifecycle): readonly string[];
}

/**
 * A subscription. Repeats are silence. Refusals: `subscription_not_found` 404, `invalid_transition` 409 (names the legal targets),
 * `missing_fields` 409 (names them), and those of {@link claim} and {@link reserveUse}.
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
      return command.type === 'SetStatus'
        ? setStatus(catalogue, command.status, command.time, state)
        : isHolding(command)
          ? hold(command, state)
          : change(command, state);
    },
  };
}

type Command<T extends SubscriptionCommand['type']> = SubscriptionCommand & { readonly type: T };

function created({ type: _, ...data }: Command<'CreateSubscription'>): SubscriptionEvent {
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
      return release(command.processId, command.time, state);
    case 'ReserveUse':
      return reserveUse(command, state);
    case 'ReleaseUse':
      return releaseUse(command, state);
  }
}

function change(
  command: Exclude<SubscriptionCommand, Holding | Command<'CreateSubscription' | 'SetStatus'>>,
  state: ExistingSubscription,
): readonly SubscriptionEvent[] {
  const { time } = command;
  switch (command.type) {
    case 'SetValues': {
      const { block, processId } = command;
      const values = changed(command.values, state.values[block] ?? {});
      return Object.keys(values).length === 0
        ? []
        : [{ type: 'SubscriptionValuesChanged', data: { block, values, processId, time } }];
    }
    case 'SetDescription': {
      const { description } = command;
      return description === state.description
        ? []
        : [{ type: 'SubscriptionDescriptionChanged', data: { description, time } }];
    }
    case 'Unsync':
      return state.insync ? [{ type: 'UnSynced', data: { processId: command.processId, time } }] : [];
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

function changed(values: Readonly<Record<string, unknown>>, old: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(old[key])),
  );
}

function setStatus(catalogue: Requirements, to: Lifecycle, time: number, state: ExistingSubscription) {
  if (to === state.status) return [];
  const legal = LEGAL_MOVES[state.status];
  if (!legal.includes(to))
    throw new Refusal('invalid_transition', 409, `a subscription that is ${state.status} cannot become ${to}`, {
      state: state.status,
      legal,
    });
  const missing = catalogue.missing(state.productId, state.values, to);
  if (missing.length > 0)
    throw new Refusal('missing_fields', 409, `${to} needs ${missing.join(', ')}`, { state: state.status, missing });
  return [moved(to, time, state)];
}

function moved(to: Lifecycle, time: number, { startDate }: ExistingSubscription): SubscriptionEvent {
  switch (to) {
    case 'active':
      return { type: 'SubscriptionActivated', data: { startDate: startDate ?? time, time } };
    case 'terminated':
      return { type: 'SubscriptionTerminated', data: { endDate: time, time } };
    case 'migrating':
      return { type: 'SubscriptionMigrating', data: { time } };
    case 'disabled':
      return { type: 'SubscriptionDisabled', data: { time } };
    case 'initial':
    case 'provisioning':
      return { type: 'SubscriptionProvisioningStarted', data: { time } };
  }
}
