import type { FormFault } from './form-answer.js';
import type { Data } from '../published/index.js';

/** A subscription as forms see it: as the views have it. */
export interface LiveSubscription {
  readonly subscription_id: string;
  readonly description: string;
  readonly status: string;
  readonly note?: string | null;
  /** Fields by block. */
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the pages of a form may ask while they are filled in. Views advise: what must hold is decided when the process runs. */
export interface LiveData {
  /** State of the process that asks; absent at the start of one. */
  readonly state?: Data;
  subscription(id: string): Promise<LiveSubscription | undefined>;
  /** Subscriptions of a product in a status, oldest first; at most 500, as many as a choice can show. */
  subscriptions(of: { readonly productId: string; readonly status: string }): Promise<readonly LiveSubscription[]>;
  /** Why no subscription to a product may be created any more, in words; undefined when it may. */
  productEnded(productId: string): Promise<string | undefined>;
  /** Why the form's workflow may not start on a subscription, in the words of reference 1.9; empty when it may. */
  startFaults(id: string, version?: number): Promise<readonly FormFault[]>;
}
