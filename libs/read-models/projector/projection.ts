import type { RecordedEvent } from '#event-store';
import type { Change, TableShape } from '../database/view-store.js';

/** Turns batches of events, in log order, into changes of rows. Knows no database. */
export interface Projection {
  readonly name: string;
  /** Raised when the tables' contents change meaning: the projector then rebuilds them. */
  readonly version: number;
  readonly tables: readonly TableShape[];
  /** Categories that it reads; all when absent. */
  readonly categories?: readonly string[];
  /**
   * False for a type of which it reads only the metadata. Where this is told, it gets every event, also one that no code here can read, and
   * `data` may then be null; else an event that cannot be read is parked.
   */
  readsData?(type: string): boolean;
  begin(): ProjectionRun;
}

/** Whether the projection reads the events of a category. */
export const wants = ({ categories }: Projection, category: string): boolean => categories?.includes(category) ?? true;

/** The rows of a table whose first key column has this value. */
export interface Missing {
  readonly table: TableShape;
  readonly id: string;
}

/** Projections that are fed together. Each group has its own claim, supervisor and place in the log: one that lags or stands holds up no other. */
export interface ProjectionGroup {
  readonly name: string;
  /** How long events gather into a batch while no query waits for them, ms: longer where rows change often and nobody hurries. */
  readonly pauseMs?: number;
  readonly projections: readonly Projection[];
}

export interface ProjectionRun {
  /** What must be held before this event can be added; empty when it is, or when nothing is needed. */
  missing?(event: RecordedEvent): readonly Missing[];
  /** A row of what was missing. */
  hold?(row: Readonly<Record<string, unknown>>, table: TableShape): void;
  /** Adds one event to the batch in memory. What it throws parks the event and leaves the rest of the batch as it was. */
  add(event: RecordedEvent): void;
  /** What the batch changes, each row once; the batch is forgotten. */
  flush(): readonly Change[];
  /** Forgets the batch and everything held: it was not written. */
  drop(): void;
}
