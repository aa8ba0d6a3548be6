import { StoreError, type EventStore } from '#event-store';
import type { ReadModels } from '../database/read-models.js';
import type { Tables } from '../database/tables.js';
import { refillSearch } from '../database/text-search.js';
import { dropBeside } from './beside.js';
import { checkpointsOf, claim, free, type Checkpoint } from './claim.js';
import { Places } from './places.js';
import type { Projection } from './projection.js';
import { askForRebuild, forget } from './requests.js';

/** Where each projection of a group stands; written in the transaction of the rows and compared with the old value. */
export class Checkpoints {
  /** Of the projections that are fed. */
  readonly live: Places;
  /** Of those whose rows stand still, because their code is another by now: until the rows of the new version take their place. */
  private readonly standing = new Map<string, number>();

  constructor(
    private readonly models: ReadModels,
    private readonly logId: string,
    readonly owner: string,
  ) {
    this.live = new Places(owner);
  }

  /** The position up to which every view is complete. */
  complete(): number {
    const lowest = Math.min(this.live.lowest(), ...this.standing.values());
    return Number.isFinite(lowest) ? lowest : 0;
  }

  /** Makes this owner the only one that may move them. False when another process has them. */
  async claim(projections: readonly Projection[]): Promise<boolean> {
    const { models, owner, logId } = this;
    if (models.shared && !free(await checkpointsOf(models, projections), owner)) return false;
    const values = projections.map(({ name, version }) => ({ projection: name, version, log_id: logId, position: 0 }));
    const insert = models.db.insertInto('checkpoints').values(values);
    await insert.onConflict((on) => on.column('projection').doNothing()).execute();
    const rows = await checkpointsOf(models, projections);
    return (!models.shared || free(rows, owner)) && (await claim(models, owner, rows));
  }

  /**
   * Reads the checkpoints and answers which projections are to be fed. The others stand, and those that are `stale` are fed: both
   * are asked to be rebuilt. Throws a StoreError `corrupt` when the log has lost events that were acknowledged, or is another log;
   * where the loss is accepted the tables are emptied.
   */
  async open(
    projections: readonly Projection[],
    store: EventStore,
    stale: ReadonlySet<string>,
  ): Promise<readonly Projection[]> {
    const head = await store.head();
    const rows = await checkpointsOf(this.models, projections);
    const lost = rows.some((row) => row.log_id !== this.logId || row.position > head);
    if (lost && !this.models.acceptLoss) throw missing(rows, this.logId, head);
    const fed: Projection[] = [];
    for (const projection of projections) {
      const { version, position } = rows.find((row) => row.projection === projection.name)!;
      const changed = version !== projection.version;
      if (lost || (position === 0 && changed)) await this.empty(projection);
      else if (changed || stale.has(projection.name)) await askForRebuild(this.models, projection);
      if (changed && position > 0 && !lost) this.standing.set(projection.name, position);
      else {
        this.live.set(projection.name, lost ? 0 : position);
        fed.push(projection);
      }
    }
    return fed;
  }

  /** What was rebuilt is live, up to `position`, and is fed from there. */
  adopted(projection: Projection, position: number): void {
    this.standing.delete(projection.name);
    this.live.set(projection.name, position);
  }

  /** Empties the projection's tables and begins at the start of the log. */
  private async empty(projection: Projection): Promise<void> {
    await this.models.db.transaction().execute(async (tx) => {
      for (const table of projection.tables) {
        await tx.deleteFrom(table.name as keyof Tables).execute();
        await refillSearch(tx, table.name);
      }
      await dropBeside(tx, projection);
      await forget(tx, projection.name, () => true);
      const { name, version } = projection;
      const row = { projection: name, version, log_id: this.logId, position: 0, owner: this.owner };
      await tx.insertInto('checkpoints').values(row).execute();
    });
  }
}

function missing(rows: readonly Checkpoint[], logId: string, head: number): StoreError {
  const foreign = rows.find((row) => row.log_id !== logId);
  const why = foreign
    ? `the read models were made from log ${foreign.log_id}, this is log ${logId}`
    : `the read models are at position ${Math.max(...rows.map((row) => row.position))}, the log ends at ${head}`;
  const way = '--accept-loss (`npm start -- --accept-loss`) rebuilds the read models';
  return new StoreError('corrupt', `acknowledged events are missing: ${why}; ${way}`);
}
