import { StoreError, type StoreErrorCode } from '#event-store';

/** To the projectors' thread, which runs one projector a group. `wait`: a query waits for this position, so gather no batch. */
export type ToThread =
  | { readonly kind: 'start' | 'stop'; readonly group: string }
  | { readonly kind: 'wait'; readonly group: string; readonly position: number; readonly timeoutMs: number }
  | { readonly kind: 'end' };

/** What becomes of one group's projector; `stopped` and `failed` are the last that is told of it. */
export type OfGroup =
  | { readonly kind: 'started' | 'moved'; readonly group: string; readonly position: number }
  | { readonly kind: 'stopped'; readonly group: string }
  | { readonly kind: 'failed'; readonly group: string; readonly message: string; readonly code?: StoreErrorCode };

/** From the projectors' thread. */
export type FromThread = { readonly kind: 'loaded' } | OfGroup;

/** Errors lose their class between threads; a StoreError keeps its code. */
export function failed(group: string, error: unknown): OfGroup {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', group, message, ...(error instanceof StoreError && { code: error.code }) };
}

export const errorOf = ({ message, code }: OfGroup & { kind: 'failed' }): Error =>
  code === undefined ? new Error(message) : new StoreError(code, message);
