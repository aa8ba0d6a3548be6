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
const by = Type.Optional(Type.String({ description: 'the process that changed it' }));
const holder = Type.Object(
  { processId, workflow: Type.String(), target: Type.String() },
  { description: 'the root process that holds the subscription' },
);

const turn = Type.Optional(
  Type.Integer({ minimum: 2, description: 'absent: the first time that the process holds it' }),
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
  SubscriptionClaimed: Type.Object({ ...holder.properties, isTask: Type.Boolean(), turn, time }),
  SubscriptionReleased: Type.Object({ processId, turn, time }),
  UseReserved: Type.Object({ userSubscriptionId: Type.String(), userStatus: Type.Enum(LIFECYCLE), processId, time }),
  UseReleased: Type.Object({ userSubscriptionId: Type.String(), processId, time }),
  SubscriptionValuesChanged: Type.Object({
    block: Type.String({ description: 'name of the block attribute' }),
    values: Type.Record(Type.String(), Type.Unknown(), { description: 'the changed fields only' }),
    processId,
    time,
  }),
  SubscriptionDescriptionChanged: Type.Object({ description: Type.String(), processId: by, time }),
  SubscriptionNoteChanged: Type.Object({ note: Type.Union([Type.String(), Type.Null()]), processId: by, time }),
  SubscriptionMetadataChanged: Type.Object({
    metadata: Type.Record(Type.String(), Type.Unknown(), { description: 'all of it' }),
    processId: by,
    time,
  }),
  CustomerDescriptionSet: Type.Object({
    id: Type.String(),
    customerId: Type.String(),
    description: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    time,
  }),
  CustomerDescriptionRemoved: Type.Object({ id: Type.String(), time }),
  SubscriptionProvisioningStarted: Type.Object({ processId: by, time }),
  SubscriptionActivated: Type.Object({
    startDate: Type.Number({ description: 'ms since the epoch; of the first activation' }),
    processId: by,
    time,
  }),
  SubscriptionMigrating: Type.Object({ processId: by, time }),
  SubscriptionDisabled: Type.Object({ processId: by, time }),
  SubscriptionTerminated: Type.Object({
    endDate: Type.Number({ description: 'ms since the epoch' }),
    processId: by,
    time,
  }),
  UnSynced: Type.Object({ processId, time }),
  /** Puts the subscription out of sync, unless nothing was found. */
  DriftReported: Type.Object({ processId, differences: Type.Array(DifferenceSchema), time }),
  Resynced: Type.Object({ processId, time }),
  /** By a person, not by a process. */
  MarkedInSync: Type.Object({ time }),
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

/** Events after which the subscription is what it was: who works on it, who uses it, and what others call it. */
const NO_CHANGE: ReadonlySet<string> = new Set<keyof Schemas>([
  'SubscriptionClaimed',
  'SubscriptionReleased',
  'UseReserved',
  'UseReleased',
  'ProcessRelated',
  'CustomerDescriptionSet',
  'CustomerDescriptionRemoved',
]);

/** The subscription's version behind an event: 1 at its creation, one more with every change of it. */
export const versionAfter = (version: number, type: string): number => (NO_CHANGE.has(type) ? version : version + 1);
