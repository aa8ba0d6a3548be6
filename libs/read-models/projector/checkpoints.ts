import { StoreError, type EventStore } from '#event-store';
import type { Selectable, Transaction } from 'kysely';
import type { ReadModels } from '../database/read-models.js';
import type { CheckpointRow as Row, Tables } from '../database/tables.js';
import type { Advance } from '../database/view-store.js';
import type { Projection } from './projection.js';

/** Where each projection stands; written in the transaction of the rows and compared with the old value. */
export class Checkpoints {
  private readonly at = new Map<string, number>();

  constructor(
    private readonly models: ReadModels,
    private readonly logId: string,
    readonly owner: string,
  ) {}

  of(projection: string): number {
    return this.at.get(projection) ?? 0;
  }

  /** The position up to which every projection is complete. */
  lowest(): number {
    return Math.min(...this.at.values());
  }

  advances(projections: readonly string[], to: number): readonly Advance[] {
    return projections.map((projection) => ({ projection, from: this.of(projection), to }));
  }

  /** After the commit. */
  advanced(projections: readonly string[], to: number): void {
    for (const projection of projections) this.at.set(projection, to);
  }

  /**
   * Reads the checkpoints, empties what must be rebuilt (new version, or loss accepted) and throws a StoreError `corrupt` when the
   * log has lost events that were acknowledged, or is another log.
   */
  async open(projections: readonly Projection[], store: EventStore): Promise<void> {
    const head = await store.head();
    await this.models.db.updateTable('checkpoints').set({ owner: this.owner }).execute();
    const rows = (await this.models.db.selectFrom('checkpoints').selectAll().execute()).map(numbers);
    const lost = rows.some((row) => row.log_id !== this.logId || row.position > head);
    if (lost && !this.models.acceptLoss) throw missing(rows, this.logId, head);
    for (const projection of projections) {
      const row = rows.find((candidate) => candidate.projection === projection.name);
      if (row === undefined || lost || row.version !== projection.version) await this.rebuild(projection);
      else this.at.set(projection.name, row.position);
    }
  }

  /** Empties the projection's tables and begins at the start of the log. */
  async rebuild(projection: Projection): Promise<void> {
    await this.models.db.transaction().execute((tx) => this.empty(tx, projection));
    this.at.set(projection.name, 0);
  }

  private async empty(tx: Transaction<Tables>, { name, version, tables }: Projection): Promise<void> {
    for (const table of tables) await tx.deleteFrom(table.name as keyof Tables).execute();
    await tx.deleteFrom('parked').where('projection', '=', name).execute();
    await tx.deleteFrom('checkpoints').where('projection', '=', name).execute();
    const row = { projection: name, version, log_id: this.logId, position: 0, owner: this.owner };
    await tx.insertInto('checkpoints').values(row).execute();
  }
}

type CheckpointRow = Selectable<Row>;
const numbers = (row: CheckpointRow): CheckpointRow => ({ ...row, position: Number(row.position) });

function missing(rows: readonly CheckpointRow[], logId: string, head: number): StoreError {
  const foreign = rows.find((row) => row.log_id !== logId);
  const why = foreign
    ? `the read models were made from log ${foreign.log_id}, this is log ${logId}`
    : `the read models are at position ${Math.max(...rows.map((row) => row.position))}, the log ends at ${head}`;
  return new StoreError('corrupt', `acknowledged events are missing: ${why}; --accept-loss rebuilds the read models`);
}
