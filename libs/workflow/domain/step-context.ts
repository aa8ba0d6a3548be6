/** What a step's handler is given beside the state. */
export interface StepContext {
  readonly processId: string;
  /** The process under whose claim it runs: itself, unless it is a sub-workflow. */
  readonly rootProcessId: string;
  /** Who began the flow. */
  readonly actor: string;
  readonly workflow: string;
  readonly target: string;
  /** Path of the step. */
  readonly step: string;
  readonly attempt: number;
  /** The same for all attempts (law 2). */
  readonly idempotencyKey: string;
  /** In `compensate`: the idempotency key with which was done what is undone now. */
  readonly undoes?: string | undefined;
  readonly callbackUrl: string;
  /** Address of the same wait in the Workflow Orchestrator's form: path below our public address, no signature, of a callback step only. */
  readonly callbackRoute: string;
  /** Deadline told to the other side, ms since the epoch. */
  readonly deadline?: number;
  /** Aborted at the attempt's end. */
  readonly signal: AbortSignal;
  /** ms since the epoch. */
  now(): number;
  /** UUIDv5 of process and purpose: the same in every attempt and step. */
  id(purpose: string): string;
  /** Sends a command to another stream; its id derives from instance, step and purpose (law 10), so that a repeat is silence. */
  dispatch<S = unknown>(stream: string, command: { readonly type: string }, purpose: string): Promise<S>;
  /** State of another stream as it is now. Where a repeat must see the same, add what was read to the state. */
  load<S>(stream: string): Promise<S>;
}
