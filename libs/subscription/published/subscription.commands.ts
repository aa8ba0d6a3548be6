import type { Lifecycle } from './subscription.events.js';

/** What others may ask of a subscription. `time` is milliseconds since the epoch. Repeats are silence. */
export type SubscriptionCommand =
  | {
      readonly type: 'CreateSubscription';
      readonly productId: string;
      readonly productName: string;
      readonly customerId: string;
      readonly description: string;
      readonly processId: string;
      readonly time: number;
    }
  | {
      readonly type: 'SetValues';
      readonly block: string;
      readonly values: Readonly<Record<string, unknown>>;
      readonly processId: string;
      readonly time: number;
    }
  | { readonly type: 'SetDescription'; readonly description: string; readonly time: number }
  | { readonly type: 'SetStatus'; readonly status: Lifecycle; readonly time: number }
  | { readonly type: 'Unsync'; readonly processId: string; readonly time: number }
  | { readonly type: 'Resync'; readonly processId: string; readonly time: number }
  | {
      readonly type: 'RelateProcess';
      readonly processId: string;
      readonly workflow: string;
      readonly target: string;
      readonly time: number;
    };
