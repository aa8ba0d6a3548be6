import type { AbortOperation, CreateOperation, DeprovisionOperation } from '../published/index.js';

/** What people ask of an operation; `time` is ms since the epoch. */
export type OperationCommand =
  | CreateOperation
  | AbortOperation
  | DeprovisionOperation
  /** Makes what failed, waits for a retry or is overdue due now; of one need or of all. */
  | { readonly type: 'RetryOperation'; readonly need?: string; readonly time: number }
  /** Gives up what is open, or accepts what a failure left. */
  | { readonly type: 'FailOperation'; readonly reason: string; readonly time: number }
  /** Takes an answer for true that came too late. */
  | { readonly type: 'AcceptLateAnswer'; readonly answerId: string; readonly reason: string; readonly time: number };

export type CommandOf<T extends OperationCommand['type']> = Extract<OperationCommand, { type: T }>;
