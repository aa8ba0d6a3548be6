import type { Outcome } from '#kernel';
import type { EffectCall } from '#runtime';
import type { NeedTerms } from '../published/index.js';
import type { CallInput } from '../domain/operation.next.js';

/** One attempt to provision or deprovision; the same key, input, callback URL and deadline in every attempt (law 2). */
export interface ProvisionerCall
  extends
    CallInput,
    Pick<EffectCall, 'idempotencyKey' | 'attempt' | 'signal' | 'correlationId' | 'traceparent' | 'actor' | 'tenant'> {
  readonly operationId: string;
  readonly callbackUrl: string;
  /** ms since the epoch. */
  readonly deadline?: number;
  /** What `accepted` named, when it is asked how the request stands. */
  readonly location?: string;
}

/**
 * Makes and takes back resources of one type. `call` must be idempotent by `idempotencyKey`: it is repeated when an outcome is
 * unknown. `done` of provision carries `{id?, address, secret?}`; a deprovision without `resource.id` asks to take back whatever was
 * made for the need, and is done when there is nothing.
 */
export interface Provisioner {
  readonly type: string;
  /** How requests behave; what is absent is the default. */
  readonly terms?: Partial<NeedTerms>;
  /** Attempts under way at once in this process; default 64. */
  readonly concurrency?: number;
  call(call: ProvisionerCall): Promise<Outcome>;
  /** How an accepted request stands; `absent`: it is not known there. Needed for polling and for probes at the deadline. */
  ask?(call: ProvisionerCall): Promise<Outcome | 'absent'>;
}
