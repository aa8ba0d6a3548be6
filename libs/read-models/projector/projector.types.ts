import type { EventStore } from '#event-store';
import type { Clock } from '#kernel';
import type { ReadModels } from '../database/read-models.js';
import type { Decode } from './batch.js';
import type { Projection } from './projection.js';

/** What ends a projector, and whom it tells after every batch. */
export interface ProjectorSignals {
  readonly signal: AbortSignal;
  readonly onMoved?: (position: number) => void;
}

export interface ProjectorOptions extends ProjectorSignals {
  readonly store: EventStore;
  readonly decode: Decode;
  readonly readModels: ReadModels;
  /** Those of one group. */
  readonly projections: readonly Projection[];
  /** One id per process start and group. */
  readonly owner: string;
  readonly clock?: Clock;
  /** So many events in one read are not waited for to become more. A row is written once for all of a batch, so a thread gathers more. */
  readonly backlog?: number;
  /** How long events gather into a batch while no query waits for them, ms; 20 if absent. */
  readonly pauseMs?: number;
}

export interface Projector {
  /** All views hold every event up to here. */
  position(): number;
  /** Resolves when `position()` has come so far; Refusal `position_timeout` (503) after `timeoutMs`. */
  waitFor(position: number, timeoutMs: number): Promise<void>;
  /** Why nothing is projected at the moment; undefined while all is well. */
  failure(): string | undefined;
  /** Settles when the projector has stopped: resolves on abort, rejects with what stopped it. */
  readonly done: Promise<void>;
}
