import type { StatementSyncInstance } from '@photostructure/sqlite';
import { categoryOf, UnknownEvent, type EventMetadata, type RecordedEvent, type StoredEvent } from '#event-store';
import type { ReadModels } from '../database/read-models.js';
import type { ParkedRow } from '../database/tables.js';
import { Checkpoints } from './checkpoints.js';
import type { PreparedProjection, Projection } from './projection.js';
import { upsertSql } from './upsert.js';

export type Decode = (stored: StoredEvent) => RecordedEvent;

const PARKED = ['stream', 'revision', 'projection', 'type', 'position', 'kind', 'reason'] as const;

interface Decoded {
  readonly stored: StoredEvent;
  readonly category: string;
  readonly event: RecordedEvent | undefined;
  readonly error?: unknown;
}

/** Writes one batch: rows, parked events and checkpoints in one transaction, without a turn of the event loop in between. */
export class BatchWriter {
  private readonly prepared: readonly (readonly [Projection, PreparedProjection])[];
  private readonly park: StatementSyncInstance;

  constructor(
    private readonly models: ReadModels,
    projections: readonly Projection[],
    private readonly checkpoints: Checkpoints,
    private readonly decode: Decode,
  ) {
    this.prepared = projections.map((projection) => [projection, projection.prepare(models.raw)] as const);
    this.park = models.raw.prepare(upsertSql('parked', PARKED, ['stream', 'revision', 'projection']));
  }

  write(events: readonly StoredEvent[], to: number): void {
    const decoded = events.map((stored) => this.tryDecode(stored));
    const behind = this.prepared.filter(([{ name }]) => this.checkpoints.of(name) < to);
    if (behind.length === 0) return;
    const { raw } = this.models;
    raw.exec('BEGIN IMMEDIATE');
    try {
      for (const [projection, prepared] of behind) this.project(projection, prepared, decoded, to);
      raw.exec('COMMIT');
    } catch (error) {
      if (raw.isTransaction) raw.exec('ROLLBACK');
      for (const [, prepared] of behind) prepared.drop();
      throw error;
    }
    for (const [{ name }] of behind) this.checkpoints.advanced(name, to);
  }

  private project(projection: Projection, prepared: PreparedProjection, decoded: readonly Decoded[], to: number): void {
    this.checkpoints.advance(projection.name, to);
    const from = this.checkpoints.of(projection.name);
    for (const one of decoded) {
      if (one.stored.position <= from || !projection.wants(one.category)) continue;
      const event = one.event ?? (projection.metadataOnly ? withoutData(one.stored) : undefined);
      try {
        if (event === undefined) throw one.error;
        prepared.add(event);
      } catch (error) {
        this.parkRow(one.stored, projection.name, error);
      }
    }
    prepared.flush();
  }

  private parkRow(stored: StoredEvent, projection: string, error: unknown): void {
    const kind = error instanceof UnknownEvent ? 'unknown' : 'failed';
    const reason = error instanceof Error ? error.message : String(error);
    const row: ParkedRow = { ...stored, projection, kind, reason };
    this.park.run(...PARKED.map((column) => row[column]));
  }

  private tryDecode(stored: StoredEvent): Decoded {
    const category = categoryOf(stored.stream);
    try {
      return { stored, category, event: this.decode(stored) };
    } catch (error) {
      return { stored, category, event: undefined, error };
    }
  }
}

function withoutData(stored: StoredEvent): RecordedEvent | undefined {
  try {
    return { ...stored, data: null, metadata: JSON.parse(stored.metadata) as EventMetadata };
  } catch {
    return undefined;
  }
}
