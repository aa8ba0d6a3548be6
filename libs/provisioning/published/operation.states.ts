/**
 * States of a provisioning operation with the codes operations people know from the Eclipse Dataspace Connector; 290 and 990 are ours.
 * `-ING`: our side is sending requests. `-REQUESTED`: the other side has taken them; it is left alone until it answers.
 */
export const OPERATION_STATES = {
  INITIAL: 100,
  PROVISIONING: 200,
  PROVISIONING_REQUESTED: 250,
  PROVISIONING_FAILED: 290,
  PROVISIONED: 300,
  DEPROVISIONING: 900,
  DEPROVISIONING_REQUESTED: 950,
  DEPROVISIONING_FAILED: 990,
  DEPROVISIONED: 1000,
} as const;
export type OperationStatus = keyof typeof OPERATION_STATES;

interface Transition {
  readonly from: readonly (OperationStatus | 'ABSENT')[];
  readonly to: OperationStatus;
  /** What brings it about, for people. */
  readonly when: string;
}

/** Every legal transition, by the event that makes it. An event outside its `from` changes no state. */
export const OPERATION_TRANSITIONS = {
  OperationCreated: { from: ['ABSENT'], to: 'INITIAL', when: 'the manifest is recorded' },
  RequestStarted: { from: ['INITIAL'], to: 'PROVISIONING', when: 'the first request is about to leave' },
  ProvisioningStarted: {
    from: ['INITIAL', 'PROVISIONING_FAILED'],
    to: 'PROVISIONING',
    when: 'the manifest is empty, or an operator retries',
  },
  ProvisioningRequested: {
    from: ['PROVISIONING'],
    to: 'PROVISIONING_REQUESTED',
    when: 'every open need has been sent and at least one is in process on the other side',
  },
  Provisioned: {
    from: ['PROVISIONING', 'PROVISIONING_REQUESTED', 'PROVISIONING_FAILED'],
    to: 'PROVISIONED',
    when: 'all needs are met',
  },
  ProvisioningFailed: {
    from: ['INITIAL', 'PROVISIONING', 'PROVISIONING_REQUESTED'],
    to: 'PROVISIONING_FAILED',
    when: 'no need is open any more and at least one is not met',
  },
  DeprovisioningStarted: {
    from: ['INITIAL', 'PROVISIONED', 'PROVISIONING_FAILED', 'DEPROVISIONING_FAILED', 'DEPROVISIONED'],
    to: 'DEPROVISIONING',
    when: 'it was begun to take back, an operator asks for it, what was provisioned before a failure is taken back, or a late resource turned up',
  },
  DeprovisioningRequested: {
    from: ['DEPROVISIONING'],
    to: 'DEPROVISIONING_REQUESTED',
    when: 'every open resource has been sent and at least one is in process on the other side',
  },
  Deprovisioned: {
    from: ['DEPROVISIONING', 'DEPROVISIONING_REQUESTED'],
    to: 'DEPROVISIONED',
    when: 'everything is gone',
  },
  DeprovisioningFailed: {
    from: ['DEPROVISIONING', 'DEPROVISIONING_REQUESTED'],
    to: 'DEPROVISIONING_FAILED',
    when: 'no resource is open any more and at least one is not gone',
  },
} as const satisfies Readonly<Record<string, Transition>>;
export type TransitionEventType = keyof typeof OPERATION_TRANSITIONS;

/** The state behind an event; the same state when the event is no legal transition from it. */
export function statusAfter<S extends OperationStatus | 'ABSENT'>(status: S, event: string): S | OperationStatus {
  if (!Object.hasOwn(OPERATION_TRANSITIONS, event)) return status;
  const { from, to }: Transition = OPERATION_TRANSITIONS[event as TransitionEventType];
  return from.includes(status) ? to : status;
}
