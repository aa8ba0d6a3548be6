import type { Fault } from '#kernel';
import type { StartProcess } from '#workflow/published';

/** Which subscriptions are meant. */
export interface Selection {
  readonly productType?: string;
  /** Only those that are active and in sync. */
  readonly validatable?: boolean;
}

/** Subscriptions with ids behind `after`, up to and including `upTo`. */
export interface IdRange {
  readonly after: string;
  readonly upTo: string;
}

/** What the built-in tasks need to know of the running system. Views are asked when they hold everything that is in the log. */
export interface TaskPorts {
  productTypes(): readonly string[];
  /** All selected subscriptions, in a bounded number of ranges of their ids. */
  ranges(of: Selection): Promise<readonly IdRange[]>;
  subscriptionsIn(range: IdRange, of: Selection): Promise<readonly string[]>;
  /** The command that validates a subscription; undefined when nothing may validate it now. */
  validating(subscriptionId: string, actor: string, createdBy: string): Promise<StartProcess | undefined>;
  /** What is wrong with products, workflows, texts and records; pointers name what each is about. */
  catalogueFaults(): Promise<readonly Fault[]>;
  /** What of these subscriptions does not fit its product. */
  subscriptionFaults(ids: readonly string[]): Promise<readonly Fault[]>;
  /** Tasks that ended before a time (ms since the epoch) and are in the lists, oldest first. */
  endedTasks(before: number, limit: number): Promise<readonly string[]>;
  countEndedTasks(before: number): Promise<number>;
  /** Processes that a failure has stopped, those that wait longest first. */
  stopped(limit: number): Promise<readonly string[]>;
}
