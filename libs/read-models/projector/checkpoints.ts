import { StoreError, type EventStore } from '#event-store';
import type { Transaction } from 'kysely';
import type { ReadModels } from '../database/read-models.js';
import type { Tables } from '../database/tables.js';
import type { Advance } from '../database/view-store.js';
import { refillSearch } from '../database/text-search.js';
import { beside, besideName, makeBeside, switchOver } from './beside.js';
import { checkpointsOf, claim, completeTo, free, type Checkpoint } from './claim.js';
import type { Projection } from './projection.js';

/** Where each projection stands; written in the transaction of the rows and compared with the old value. */
export class Checkpoints {
  private readonly at = new Map<string, number>();
  /** By the name of a rebuild: where the live tables are that it will replace. */
  private readonly replaces = new Map<string, number>();

  constructor(
    private readonly models: ReadModels,
    private readonly logId: string,
    readonly owner: string,
  ) {}

  of(projection: string): number {
    return this.at.get(projection) ?? 0;
  }

  /** Where the log is to be read from. */
  lowest(): number {
    return Math.min(...this.at.values());
  }

  /** The position up to which every view is complete. */
  complete(): number {
    return completeTo([...this.at].map(([projection, position]) => ({ projection, position })));
  }

  advances(projections: readonly string[], to: number): readonly Advance[] {
    return projections.map((projection) => ({ projection, from: this.of(projection), to }));
  }

  /** After the commit. */
  advanced(projections: readonly string[], to: number): void {
    for (const projection of projections) this.at.set(projection, to);
  }

  /** Makes this owner the only one that may move them. False when another process has them. */
  async claim(projections: readonly Projection[]): Promise<boolean> {
    const { models, owner } = this;
    if (models.shared && !free(await checkpointsOf(models, projections), owner)) return false;
    const values = projections.map(({ name, version }) => this.row(name, version));
    const insert = models.db.insertInto('checkpoints').values(values);
    await insert.onConflict((on) => on.column('projection').doNothing()).execute();
    const rows = await checkpointsOf(models, projections);
    return (!models.shared || free(rows, owner)) && (await claim(models, owner, rows));
  }

  /**
   * Reads the checkpoints and answers what is to run: the projections, those that must be rebuilt (`stale`, or of another version)
   * beside their live tables. Throws a StoreError `corrupt` when the log has lost events that were acknowledged, or is another log;
   * where the loss is accepted the tables are emptied.
   */
  async open(
    projections: readonly Projection[],
    store: EventStore,
    stale: (projection: Projection) => boolean,
  ): Promise<readonly Projection[]> {
    const head = await store.head();
    const rows = await checkpointsOf(this.models, projections);
    const lost = rows.some((row) => row.log_id !== this.logId || row.position > head);
    if (lost && !this.models.acceptLoss) throw missing(rows, this.logId, head);
    const running: Projection[] = [];
    for (const projection of projections) {
      const { version, position } = rows.find((row) => row.projection === projection.name)!;
      const changed = version !== projection.version;
      if (lost || (position === 0 && changed)) running.push(await this.empty(projection));
      else if (changed || stale(projection)) running.push(await this.rebuild(projection, rows));
      else {
        this.at.set(projection.name, position);
        running.push(projection);
      }
    }
    const left = rows.filter((row) => row.projection.includes('@') && !this.at.has(row.projection));
    for (const { projection } of left)
      await this.models.db.deleteFrom('checkpoints').where('projection', '=', projection).execute();
    return running;
  }

  /** True when something is being rebuilt and has come as far as the live tables. */
  rebuilt(): boolean {
    return this.replaces.size > 0 && [...this.replaces].every(([name, position]) => this.of(name) >= position);
  }

  /** Puts what was rebuilt beside in the place of the live tables. */
  async switchOver(projections: readonly Projection[]): Promise<void> {
    for (const projection of projections) {
      const at = this.at.get(besideName(projection));
      if (at === undefined) continue;
      const { db } = this.models;
      await db.transaction().execute((tx) => switchOver(tx, projection, this.owner, at));
      this.at.delete(besideName(projection));
      this.replaces.delete(besideName(projection));
      this.at.set(projection.name, at);
    }
  }

  /** Empties the projection's tables and begins at the start of the log. */
  private async empty(projection: Projection): Promise<Projection> {
    const { name, version, tables } = projection;
    await this.models.db.transaction().execute(async (tx) => {
      for (const table of tables) {
        await tx.deleteFrom(table.name as keyof Tables).execute();
        await refillSearch(tx, table.name);
      }
      await tx.deleteFrom('parked').where('projection', '=', name).execute();
      await this.beginAnew(tx, name, version);
    });
    this.at.set(name, 0);
    return projection;
  }

  /** Goes on with the rebuild that was begun, or begins one. */
  private async rebuild(projection: Projection, rows: readonly Checkpoint[]): Promise<Projection> {
    const name = besideName(projection);
    const begun = rows.find((row) => row.projection === name);
    if (begun === undefined) await this.models.db.transaction().execute((tx) => this.beginBeside(tx, projection));
    this.at.set(name, begun?.position ?? 0);
    this.replaces.set(name, rows.find((row) => row.projection === projection.name)!.position);
    return beside(projection);
  }

  private async beginBeside(tx: Transaction<Tables>, projection: Projection): Promise<void> {
    await makeBeside(tx, projection);
    await tx.deleteFrom('parked').where('projection', 'like', `${projection.name}@%`).execute();
    await tx.deleteFrom('checkpoints').where('projection', 'like', `${projection.name}@%`).execute();
    await this.beginAnew(tx, besideName(projection), projection.version);
  }

  private async beginAnew(tx: Transaction<Tables>, name: string, version: number): Promise<void> {
    await tx.deleteFrom('checkpoints').where('projection', '=', name).execute();
    await tx
      .insertInto('checkpoints')
      .values({ ...this.row(name, version), owner: this.owner })
      .execute();
  }

  private row(projection: string, version: number) {
    return { projection, version, log_id: this.logId, position: 0 };
  }
}

function missing(rows: readonly Checkpoint[], logId: string, head: number): StoreError {
  const foreign = rows.find((row) => row.log_id !== logId);
  const why = foreign
    ? `the read models were made from log ${foreign.log_id}, this is log ${logId}`
    : `the read models are at position ${Math.max(...rows.map((row) => row.position))}, the log ends at ${head}`;
  return new StoreError('corrupt', `acknowledged events are missing: ${why}; --accept-loss rebuilds the read models`);
}
