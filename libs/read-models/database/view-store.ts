/** A table that a projection writes. Every one has a column `position`: that of the event that last changed the row. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** A row that is there stays as it is: it tells what came first. */
  readonly firstStays?: boolean;
}

export type Value = string | number | null;

/** Rows of one table. Neither list undoes what a later event has made of a row. */
export interface Change {
  readonly table: TableShape;
  /** Values in the order of the table's columns. */
  readonly upserts: readonly (readonly Value[])[];
  /** Values of the key in its order, then the position of the event that ends the row. */
  readonly removals: readonly (readonly Value[])[];
}

/** A checkpoint moves only from where its projector left it. */
export interface Advance {
  readonly projection: string;
  readonly from: number;
  readonly to: number;
}

export interface Batch {
  readonly owner: string;
  readonly advances: readonly Advance[];
  readonly changes: readonly Change[];
}

/** What differs between the databases on the projector's path; everything else goes through Kysely. */
export interface ViewStore {
  /** The rows of which the first column of the key is one of `ids`. */
  load(table: TableShape, ids: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Rows and checkpoints in one transaction; {@link SecondProjector} and nothing written when a checkpoint is not as told. */
  apply(batch: Batch): Promise<void>;
  /** Leaves nothing in the database's files of what rows held before, as far as it can see to that itself. False while somebody reads what was there. */
  scrub(): Promise<boolean>;
}

/** Another projector moved a checkpoint: this one must stop, or rows would be written twice. */
export class SecondProjector extends Error {
  constructor(projection: string) {
    super(`another projector writes the read model ${projection}: this one stops so that nothing is doubled`);
    this.name = 'SecondProjector';
  }
}

/** What follows `INSERT INTO table (columns) ...`: a row that a later event has written stays as it is. */
export function onConflict({ name, columns, key, firstStays }: TableShape): string {
  if (firstStays) return `ON CONFLICT (${key.join(', ')}) DO NOTHING`;
  const rest = columns.filter((column) => !key.includes(column));
  const update = rest.map((column) => `${column} = excluded.${column}`).join(', ');
  return `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${update} WHERE excluded.position >= ${name}.position`;
}

/** Neither database keeps a text with U+0000 in it. */
export const storable = (value: Value): Value =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
