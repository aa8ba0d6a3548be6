import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of one flow carries. */
export interface RequestContext {
  readonly correlationId: string;
  readonly actor?: string;
  readonly tenant?: string;
  readonly stream?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `call` and all that it awaits or starts inside `context`. */
export const runInContext = <T>(context: RequestContext, call: () => T): T => storage.run(context, call);

/** The context this code runs in; undefined outside of any. */
export const currentContext = (): RequestContext | undefined => storage.getStore();
