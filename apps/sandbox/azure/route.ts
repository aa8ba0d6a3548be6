import type { TSchema } from 'typebox';
import type { AzureStore } from './azure.store.js';
import type { AzureRequest, AzureWork, Caller } from './azure.types.js';
import type { Operations } from './operations.js';

export interface AzureWorld {
  readonly store: AzureStore;
  readonly operations: Operations;
}

/** One operation of the API: everything that is checked before the work, and the work. All of it runs in one transaction. */
export interface Route {
  /** What the ledger calls it. */
  readonly name: string;
  readonly api: 'arm' | 'graph' | 'sandbox';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `:name` stands for one segment. */
  readonly path: string;
  /** Of ARM; Graph has it in the path. */
  readonly version?: string;
  /** Whose token it takes; none is asked for where nobody is named. */
  readonly callers: readonly Caller['kind'][];
  readonly body?: TSchema;
  readonly work: (request: AzureRequest, world: AzureWorld) => AzureWork;
}
