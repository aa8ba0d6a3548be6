import type { ClaimTerms } from '#subscription/published';

/** The subscription a process works on, and the terms under which it may take hold of it (reference 1.13). */
export interface ProcessClaim extends ClaimTerms {
  readonly subscriptionId: string;
}

/** Whose request a process answers at its end (law 10), and the process whose claim it runs under. */
export interface ProcessParent {
  readonly stream: string;
  /** Key of the parent's request. */
  readonly key: string;
  readonly rootProcessId: string;
}

/** What people and other instances may ask of a process. `time` is milliseconds since the epoch, `by` who asks. */
export type ProcessCommand = StartProcess | ResumeProcess | AbortProcess;

/**
 * Begins a process. With `claims` no step runs before the subscription has answered; a refusal ends the process as `refused`, with the
 * subscription's reason. Refusals: `unknown_workflow` 404, `validation_failed` 400 (the state is not what the workflow takes).
 */
export interface StartProcess {
  readonly type: 'StartProcess';
  readonly workflow: string;
  readonly state: Readonly<Record<string, unknown>>;
  readonly createdBy: string;
  readonly product?: { readonly productId: string; readonly name: string };
  readonly customerId?: string;
  readonly claims?: ProcessClaim;
  readonly parent?: ProcessParent;
  readonly time: number;
}
/** Failed and waiting steps are due again: the state before them, key as law 2 says. Refusal `invalid_process_status` 409. */
export interface ResumeProcess {
  readonly type: 'ResumeProcess';
  readonly time: number;
}
/** Nothing of it begins any more; what runs is told and recorded. Refusal `invalid_process_status` 409 when it is completed. */
export interface AbortProcess {
  readonly type: 'AbortProcess';
  readonly reason?: string;
  readonly time: number;
}
