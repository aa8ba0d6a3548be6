import { StoreError, type StoreErrorCode } from '#event-store';

/** To the projector's thread. `wait`: a query waits for this position, so gather no batch. */
export type ToThread =
  | { readonly kind: 'start' | 'stop' }
  | { readonly kind: 'wait'; readonly position: number; readonly timeoutMs: number };

/** From the projector's thread. */
export type FromThread =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'started' | 'moved'; readonly position: number }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: StoreErrorCode };

/** Errors lose their class between threads; a StoreError keeps its code. */
export function failed(error: unknown): FromThread {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', message, ...(error instanceof StoreError && { code: error.code }) };
}

export const errorOf = ({ message, code }: FromThread & { kind: 'failed' }): Error =>
  code === undefined ? new Error(message) : new StoreError(code, message);
