import { Type, type Static, type TSchema } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent } from '#kernel';
import { DifferenceSchema } from './drift.js';

export const SUBSCRIPTION = 'subscription';
export const subscriptionStream = (subscriptionId: string): string => `${SUBSCRIPTION}-${subscriptionId}`;

/** Wire values of the Workflow Orchestrator. */
export const LIFECYCLE = ['initial', 'provisioning', 'active', 'migrating', 'disabled', 'terminated'] as const;
export type Lifecycle = (typeof LIFECYCLE)[number];

const time = Type.Number({ description: 'ms since the epoch' });
const processId = Type.String();
const holder = Type.Object(
  { processId, workflow: Type.String(), target: Type.String() },
  { description: 'the root process that holds the subscription' },
);

const schemas = {
  SubscriptionCreated: Type.Object({
    productId: Type.String(),
    productName: Type.String(),
    customerId: Type.String(),
    description: Type.String(),
    status: Type.Literal('initial'),
    insync: Type.Literal(false),
    processId,
    holder: Type.Optional(holder),
    time,
  }),
  SubscriptionClaimed: Type.Object({ ...holder.properties, isTask: Type.Boolean(), time }),
  SubscriptionReleased: Type.Object({ processId, time }),
  UseReserved: Type.Object({ userSubscriptionId: Type.String(), userStatus: Type.Enum(LIFECYCLE), processId, time }),
  UseReleased: Type.Object({ userSubscriptionId: Type.String(), processId, time }),
  SubscriptionValuesChanged: Type.Object({
    block: Type.String({ description: 'name of the block attribute' }),
    values: Type.Record(Type.String(), Type.Unknown(), { description: 'the changed fields only' }),
    processId,
    time,
  }),
  SubscriptionDescriptionChanged: Type.Object({ description: Type.String(), time }),
  SubscriptionProvisioningStarted: Type.Object({ time }),
  SubscriptionActivated: Type.Object({
    startDate: Type.Number({ description: 'ms since the epoch; of the first activation' }),
    time,
  }),
  SubscriptionMigrating: Type.Object({ time }),
  SubscriptionDisabled: Type.Object({ time }),
  SubscriptionTerminated: Type.Object({ endDate: Type.Number({ description: 'ms since the epoch' }), time }),
  UnSynced: Type.Object({ processId, time }),
  /** Puts the subscription out of sync, unless nothing was found. */
  DriftReported: Type.Object({ processId, differences: Type.Array(DifferenceSchema), time }),
  Resynced: Type.Object({ processId, time }),
  ProcessRelated: Type.Object({ processId, workflow: Type.String(), target: Type.String(), time }),
} satisfies Record<string, TSchema>;

export const subscriptionSchemas = schemas;
type Schemas = typeof schemas;
/** Events of a `subscription-` stream by type. */
export type SubscriptionEvents = { [T in keyof Schemas]: DomainEvent<T, Static<Schemas[T]>> };
export type SubscriptionEvent = SubscriptionEvents[keyof Schemas];

/** Everything that can be in a `subscription-` stream. */
export const subscriptionEvents: readonly EventSpec<string, never>[] = Object.entries(schemas).map(
  ([type, schema]) => ({ category: SUBSCRIPTION, type, schema }),
);
