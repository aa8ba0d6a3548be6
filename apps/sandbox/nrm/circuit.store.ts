import { randomUUID } from 'node:crypto';
import { Type, type Static } from 'typebox';
import type { Database } from '../database.js';

/** Ports of the network, and the most that one of them carries, Mbit/s. */
export const PORTS: readonly string[] = ['ams-1', 'fra-1', 'lon-1', 'par-1'].flatMap((device) =>
  [1, 2, 3, 4].map((port) => `${device}:0/${port}`),
);
export const CAPACITY = 100_000;

const text = Type.String({ minLength: 1, maxLength: 255 });
const Endpoint = Type.Object(
  { port: text, vlan: Type.Integer({ minimum: 1, maximum: 4094 }) },
  { additionalProperties: false },
);
/** What is asked for. A circuit joins its endpoints on layer 2. */
export const CircuitSchema = Type.Object(
  {
    external_id: text,
    description: Type.Optional(Type.String({ maxLength: 255 })),
    speed: Type.Integer({ minimum: 1, maximum: CAPACITY, description: 'Mbit/s' }),
    endpoints: Type.Array(Endpoint, { minItems: 2, maxItems: 8 }),
  },
  { additionalProperties: false },
);
export type Wanted = Static<typeof CircuitSchema>;
export type Circuit = Wanted & { readonly id: string };

interface Row {
  readonly data: string;
}

/** Circuits of the network resource manager. */
export class CircuitStore {
  constructor(private readonly database: Database) {
    database.run(
      'CREATE TABLE IF NOT EXISTS circuits (id TEXT PRIMARY KEY, external_id TEXT NOT NULL UNIQUE, data TEXT NOT NULL)',
    );
  }

  list(): Circuit[] {
    return this.database.all<Row>('SELECT data FROM circuits ORDER BY rowid').map(circuitOf);
  }

  find(id: string): Circuit | undefined {
    const row = this.database.get<Row>('SELECT data FROM circuits WHERE id = ?', id);
    return row && circuitOf(row);
  }

  byExternalId(externalId: string): Circuit | undefined {
    const row = this.database.get<Row>('SELECT data FROM circuits WHERE external_id = ?', externalId);
    return row && circuitOf(row);
  }

  save(wanted: Wanted, id: string = randomUUID()): Circuit {
    const circuit = { id, ...wanted };
    const sql = 'INSERT OR REPLACE INTO circuits (id, external_id, data) VALUES (?, ?, ?)';
    this.database.run(sql, id, wanted.external_id, JSON.stringify(circuit));
    return circuit;
  }

  remove(id: string): boolean {
    return this.database.run('DELETE FROM circuits WHERE id = ?', id).changes > 0;
  }
}

const circuitOf = ({ data }: Row): Circuit => JSON.parse(data) as Circuit;
