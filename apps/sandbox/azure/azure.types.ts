import type { Answer, RequestContext } from '../sandbox.types.js';

/** Who holds a token: our own principal, a tenant's administrator, or a tenant's service principal. */
export interface Caller {
  readonly kind: 'root' | 'admin' | 'principal';
  readonly tenant: string;
  /** Object id of the user or the principal. */
  readonly subject: string;
}

export type Data = Record<string, unknown>;

/** An object's place: collection, what it lies in, and its name there. */
export type Place = readonly [collection: string, scope: string, name: string];

export interface AzureRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: any;
  readonly caller: Caller;
  readonly context: RequestContext;
  /** Address of the endpoint, such as http://127.0.0.1:3100/csp/azure/arm. */
  readonly endpoint: string;
}

/** An answer, and whether the request changed anything. */
export interface AzureWork {
  readonly answer: Answer;
  readonly applied: boolean;
}
