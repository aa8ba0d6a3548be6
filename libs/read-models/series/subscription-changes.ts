import type { SubscriptionEvent } from '#subscription/published';

const CHANGES: Partial<Record<SubscriptionEvent['type'], string>> = {
  SubscriptionCreated: 'created',
  SubscriptionProvisioningStarted: 'provisioning',
  SubscriptionActivated: 'activated',
  SubscriptionMigrating: 'migrating',
  SubscriptionDisabled: 'disabled',
  SubscriptionTerminated: 'terminated',
  UnSynced: 'out_of_sync',
  Resynced: 'in_sync',
  MarkedInSync: 'in_sync',
  DriftReported: 'validated',
};

/** What is counted of subscriptions, by event. */
export const SUBSCRIPTION_CHANGES: ReadonlyMap<string, string> = new Map(Object.entries(CHANGES));
