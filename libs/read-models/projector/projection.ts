import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { RecordedEvent } from '#event-store';
import type { Tables } from '../database/tables.js';

/** Takes in batches of events, in log order, inside the projector's transaction. */
export interface Projection {
  readonly name: string;
  /** Raised when the tables' contents change meaning: the projector then rebuilds them. */
  readonly version: number;
  readonly tables: readonly (keyof Tables)[];
  /** Reads metadata only, so that it also gets events whose type is unknown here (their data is null). */
  readonly metadataOnly?: boolean;
  /** False for categories that it does not read. */
  wants(category: string): boolean;
  prepare(raw: DatabaseSyncInstance): PreparedProjection;
}

export interface PreparedProjection {
  /** Adds one event to the batch in memory. What it throws parks the event and leaves the rest of the batch as it was. */
  add(event: RecordedEvent): void;
  /** Writes the batch, one upsert per changed row, and forgets it. */
  flush(): void;
  /** Forgets the batch unwritten. */
  drop(): void;
}
