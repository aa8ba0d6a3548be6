import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { position, type AllPage, type EventFilter } from '#event-store';
import { systemClock, type Clock } from '#kernel';
import { SecondProjector } from '../database/view-store.js';
import { BatchWriter, PARKED_BESIDE } from './batch.js';
import { beside } from './beside.js';
import { checkpointsOf, type Checkpoint } from './claim.js';
import { dropRowsOfPersons, standsOnPersons } from './forgetting.js';
import { besideName } from './names.js';
import { Places } from './places.js';
import type { Projection } from './projection.js';
import type { ProjectorOptions } from './projector.types.js';
import { sleep } from './sleep.js';
import { switchOver } from './switch-over.js';
import type { Turns } from './turns.js';

/** How often it is looked whether a rebuild was asked for. */
const LOOK_MS = 500;
/** Events read and folded at once; other work of the thread waits for so many at most. */
const PAGE = 2_500;
/** Events in one transaction: a row is written once for all of them. */
const BATCH = 10_000;
/** After a failure; the rows that are live are fed meanwhile. */
const PAUSE_MS = 5_000;

export interface RebuildingOptions extends ProjectorOptions {
  /** Shared with the feeding of the live rows. */
  readonly turns: Turns;
  /** Where the live rows of the group are; undefined while none of them is fed. */
  readonly fedTo: () => number | undefined;
  /** What was rebuilt is live from now on, up to `at`. Called within a turn. */
  readonly adopt: (projection: Projection, at: number) => Promise<void>;
}

/** Builds what is asked for beside the live rows, from where it was left, and puts it in their place when it has come as far as they. */
export class Rebuilding {
  private readonly clock: Clock;

  constructor(private readonly options: RebuildingOptions) {
    this.clock = options.clock ?? systemClock;
  }

  /** Until the signal aborts. Rejects when this owner has lost its claim. */
  async run(): Promise<void> {
    const { signal } = this.options;
    while (!signal.aborted) {
      const rows = await this.asked();
      try {
        if (rows.length > 0) await this.build(rows);
      } catch (error) {
        if (error instanceof SecondProjector) throw error;
        await this.note(rows, error);
        await sleep(this.clock, PAUSE_MS, signal);
      }
      if (rows.length === 0) await sleep(this.clock, LOOK_MS, signal);
    }
  }

  private async asked(): Promise<readonly Checkpoint[]> {
    const { readModels, projections } = this.options;
    const names = new Set(projections.map(besideName));
    return (await checkpointsOf(readModels, projections)).filter(({ projection }) => names.has(projection));
  }

  private async build(rows: readonly Checkpoint[]): Promise<void> {
    const { readModels, projections, owner, store, decode, signal } = this.options;
    await this.begin(rows);
    const wanted = projections.filter((each) => rows.some(({ projection }) => projection === besideName(each)));
    const places = new Places(owner);
    for (const row of rows) places.set(row.projection, row.position);
    const writer = new BatchWriter(readModels.views, wanted.map(beside), places, decode, PARKED_BESIDE);
    let [after, folded, lookAt] = [places.lowest(), 0, this.clock.now() + LOOK_MS];
    for (; !signal.aborted; await setImmediate()) {
      const page = await store.readAll({ after: position(after), filter: filterOf(wanted), limit: PAGE });
      const live = this.options.fedTo() ?? Infinity;
      const arrived = page.end || page.next >= live;
      after = Math.min(page.next, live);
      await writer.fold(eventsUpTo(after, page), after);
      folded += page.events.length;
      const look = this.clock.now() >= lookAt;
      if (!arrived && !look && folded < BATCH) continue;
      await writer.flush();
      if (arrived) return this.finish(wanted, places);
      folded = 0;
      if (!look) continue;
      if ((await this.asked()).length !== rows.length) return;
      lookAt = this.clock.now() + LOOK_MS;
    }
  }

  /** One after the other: the live rows are fed between two of them. */
  private async finish(wanted: readonly Projection[], places: Places): Promise<void> {
    for (const projection of wanted) {
      if (this.options.signal.aborted) return;
      await this.options.turns.take(() => this.exchange(projection, places.of(besideName(projection))));
      await setImmediate();
    }
  }

  /** Takes in what the live rows hold beyond `from`, and changes places with them; nobody writes those meanwhile. */
  private async exchange(projection: Projection, from: number): Promise<void> {
    const { store, readModels, owner, decode, fedTo, adopt } = this.options;
    const places = new Places(owner);
    places.set(besideName(projection), from);
    const writer = new BatchWriter(readModels.views, [beside(projection)], places, decode, PARKED_BESIDE);
    const end = fedTo() ?? (await store.head());
    while (places.lowest() < end) {
      const page = await store.readAll({
        after: position(places.lowest()),
        filter: filterOf([projection]),
        limit: PAGE,
      });
      // A page that ends the log holds every event up to `end`, wherever its last one is.
      const to = page.end ? end : Math.min(page.next, end);
      await writer.write(eventsUpTo(to, page), to);
    }
    const stood = await standsOnPersons(readModels, store, projection, end);
    await readModels.db.transaction().execute(async (tx) => {
      // One statement may compare millions of rows; the connection itself waits for a minute.
      if (readModels.shared) await sql`SET LOCAL statement_timeout = 59000`.execute(tx);
      await switchOver(tx, projection, owner, end);
      if (stood) await dropRowsOfPersons(tx, [projection]);
    });
    await adopt(projection, end);
  }

  /** The checkpoints become this owner's, and say since when and from where they move. */
  private async begin(rows: readonly Checkpoint[]): Promise<void> {
    const { readModels, owner } = this.options;
    for (const { projection, position: from } of rows)
      await readModels.db
        .updateTable('checkpoints')
        .set({ owner, began_at: this.clock.now(), began_from: from, trouble: null })
        .where('projection', '=', projection)
        .execute();
  }

  private async note(rows: readonly Checkpoint[], error: unknown): Promise<void> {
    const trouble = error instanceof Error ? error.message : String(error);
    const names = rows.map(({ projection }) => projection);
    const update = this.options.readModels.db.updateTable('checkpoints').set({ trouble });
    await update.where('projection', 'in', names).execute();
  }
}

/** What somebody of them reads; undefined for everything. */
function filterOf(projections: readonly Projection[]): EventFilter | undefined {
  if (projections.some(({ categories }) => categories === undefined)) return undefined;
  return {
    streamPrefixes: [...new Set(projections.flatMap(({ categories = [] }) => categories))].map((of) => `${of}-`),
  };
}

const eventsUpTo = (to: number, { events }: AllPage) => events.filter((event) => event.position <= to);
