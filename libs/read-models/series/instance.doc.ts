import type { Renamed } from '../processes/began-as.js';
import type { OpenState } from './request-moves.js';

/** A step that is not over. Times are ms since the epoch. */
export interface OpenStep {
  readonly state: OpenState;
  /** When it began, and since when it is in this state. */
  readonly begun: number;
  readonly since: number;
  readonly attempts: number;
  /** When the other side took it, while it has not answered. */
  readonly asked: number | null;
  /** When something happens by itself: the next attempt, the end of a sleep, the deadline of an answer. */
  readonly due: number | null;
  /** Of the failure, where it has failed. */
  readonly code: string | null;
  /** Who is asked, where that is a person. */
  readonly assignee: string | null;
}

/** What must be known of an instance to measure its events; small when nothing is open. */
export interface InstanceDoc {
  readonly kind: string;
  readonly isTask: boolean;
  /** When it began, or its way back did; ms since the epoch. */
  readonly begun: number;
  /** Of an operation: resource type by need. */
  readonly types?: Readonly<Record<string, string>>;
  /** Beginnings of the paths of steps on the way forward that count no more. */
  readonly gone: readonly string[];
  /** Of a process that was migrated: the present paths of steps whose events tell an older one. */
  readonly renamed?: Renamed;
  readonly open: Record<string, OpenStep>;
}
