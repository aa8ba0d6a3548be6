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
export type ProcessCommand =
  StartProcess | ResumeProcess | AbortProcess | SkipStep | SetValue | CompensateProcess | HideProcess | SetNote;

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

interface ByOperator {
  readonly by?: string;
  readonly time: number;
}

/**
 * Goes on. A form that waits gets `input`, which is merged deeply into the state (dictionaries merge, lists are replaced); of several the
 * first, unless `step` names one. Otherwise failed and waiting steps are due again with the state before them: the key is kept after a
 * retryable or unknown failure and raised after another one, or when SetValue changed what the step reads (law 2). Refusals:
 * `invalid_process_status` 409, `validation_failed` 400 (the input is not what the form gives).
 */
export interface ResumeProcess extends ByOperator {
  readonly type: 'ResumeProcess';
  readonly input?: Readonly<Record<string, unknown>>;
  /** Path of the one step that is meant. */
  readonly step?: string;
}
/**
 * Nothing of it begins any more. A step that runs is told nothing: its late outcome is recorded and changes no status; a late success is
 * shown as left over. Refusal `invalid_process_status` 409 when it is completed.
 */
export interface AbortProcess extends ByOperator {
  readonly type: 'AbortProcess';
  readonly reason?: string;
}
/**
 * Passes over a step that has failed, waits for another attempt or for an answer; one that a child does only when the child has failed it. What
 * the step would have added is given as `result` and checked as its own would be. Refusals: `invalid_process_status` 409, `step_not_skippable` 409, `validation_failed` 400.
 */
export interface SkipStep extends ByOperator {
  readonly type: 'SkipStep';
  /** Path of the step. */
  readonly step: string;
  readonly reason: string;
  readonly result?: Readonly<Record<string, unknown>>;
}
/** Sets one value of the state. `path` is a JSON pointer (RFC 6901) to it. Refusals: `invalid_process_status` 409, `validation_failed` 400. */
export interface SetValue extends ByOperator {
  readonly type: 'SetValue';
  readonly path: string;
  readonly value: unknown;
  readonly reason: string;
}
/**
 * Undoes what the steps that are done have done, last first, by their `compensate`; then the process is aborted. Of an aborted process it
 * undoes what was left over. With `step` that one only. Refusals: `invalid_process_status` 409, `nothing_to_compensate` 409.
 */
export interface CompensateProcess extends ByOperator {
  readonly type: 'CompensateProcess';
  readonly step?: string;
  readonly reason?: string;
}
/** Takes a task that has ended out of all lists. Refusals: `not_a_task` 400, `invalid_process_status` 409. */
export interface HideProcess extends ByOperator {
  readonly type: 'HideProcess';
}
/** Replaces the note that people keep with the process. */
export interface SetNote extends ByOperator {
  readonly type: 'SetNote';
  readonly note: string;
}
