import { StoreError, type EventStore } from '#event-store';
import type { ReadModels } from '../database/read-models.js';
import type { CheckpointRow } from '../database/tables.js';
import type { Projection } from './projection.js';

/** Another projector moved a checkpoint: this one must stop, or rows would be written twice. */
export class SecondProjector extends Error {
  constructor(projection: string) {
    super(`another projector writes the read model ${projection}: this one stops so that nothing is doubled`);
    this.name = 'SecondProjector';
  }
}

/** Where each projection stands; written in the transaction of the rows and compared with the old value. */
export class Checkpoints {
  private readonly at = new Map<string, number>();
  private readonly advanceSql;

  constructor(
    private readonly models: ReadModels,
    private readonly logId: string,
  ) {
    this.advanceSql = models.raw.prepare(
      'UPDATE checkpoints SET position = ? WHERE projection = ? AND position = ? AND log_id = ?',
    );
  }

  of(projection: string): number {
    return this.at.get(projection) ?? 0;
  }

  /** The position up to which every projection is complete. */
  lowest(): number {
    return Math.min(...this.at.values());
  }

  /** Inside the transaction; {@link SecondProjector} when the checkpoint is not where we left it. */
  advance(projection: string, to: number): void {
    if (this.advanceSql.run(to, projection, this.of(projection), this.logId).changes !== 1)
      throw new SecondProjector(projection);
  }

  /** After the commit. */
  advanced(projection: string, to: number): void {
    this.at.set(projection, to);
  }

  /**
   * Reads the checkpoints, empties what must be rebuilt (new version, or loss accepted) and throws a StoreError `corrupt` when the
   * log has lost events that were acknowledged, or is another log.
   */
  async open(projections: readonly Projection[], store: EventStore): Promise<void> {
    const head = await store.head();
    const rows = this.models.raw.prepare('SELECT * FROM checkpoints').all() as unknown as CheckpointRow[];
    const lost = rows.some((row) => row.log_id !== this.logId || row.position > head);
    if (lost && !this.models.acceptLoss) throw missing(rows, this.logId, head);
    for (const projection of projections) {
      const row = rows.find((candidate) => candidate.projection === projection.name);
      if (row === undefined || lost || row.version !== projection.version) this.rebuild(projection);
      else this.at.set(projection.name, row.position);
    }
  }

  /** Empties the projection's tables and begins at the start of the log. */
  rebuild({ name, version, tables }: Projection): void {
    const { raw } = this.models;
    raw.exec('BEGIN IMMEDIATE');
    try {
      for (const table of tables) raw.exec(`DELETE FROM ${table}`);
      raw.prepare('DELETE FROM parked WHERE projection = ?').run(name);
      raw.prepare('DELETE FROM checkpoints WHERE projection = ?').run(name);
      raw
        .prepare('INSERT INTO checkpoints (projection, version, log_id, position) VALUES (?, ?, ?, 0)')
        .run(name, version, this.logId);
      raw.exec('COMMIT');
    } catch (error) {
      raw.exec('ROLLBACK');
      throw error;
    }
    this.at.set(name, 0);
  }
}

function missing(rows: readonly CheckpointRow[], logId: string, head: number): StoreError {
  const foreign = rows.find((row) => row.log_id !== logId);
  const why = foreign
    ? `the read models were made from log ${foreign.log_id}, this is log ${logId}`
    : `the read models are at position ${Math.max(...rows.map((row) => row.position))}, the log ends at ${head}`;
  return new StoreError('corrupt', `acknowledged events are missing: ${why}; --accept-loss rebuilds the read models`);
}
