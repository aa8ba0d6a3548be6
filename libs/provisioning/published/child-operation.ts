import type { RequestPolicy } from '#runtime';
import type { ProvisionedResource } from './manifest.js';

/** Effect that asks a child operation how it stands: the `pollEffect` of every request that waits for one. */
export const ASK_CHILD_OPERATION = 'provisioning.ask-child';
/** Effect that asks whether all that an operation made is gone. */
export const ASK_TAKEN_BACK = 'provisioning.ask-taken-back';

/** What the parent's request is told when the operation has ended well: its resources by need. */
export interface OperationResult {
  readonly operationId: string;
  readonly resources: Readonly<Record<string, ProvisionedResource>>;
}

/**
 * Policy of a request that is done by a child operation. The child tells its end (law 10); a wait that is overdue asks the child's
 * stream and goes on waiting, because the child ends by itself or shows who must act.
 */
export const childOperationPolicy = (retry: RequestPolicy['retry'], deadlineMs = 3_600_000): RequestPolicy => ({
  retry,
  completion: { kind: 'callback', deadlineMs },
  unknown: 'repeat',
  overdue: { probe: true, then: 'extend' },
});
