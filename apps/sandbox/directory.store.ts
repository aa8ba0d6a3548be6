import { randomUUID } from 'node:crypto';
import type { Database } from './database.js';

export type DirectoryType = 'User' | 'Group';
export type Entry = Record<string, unknown> & { id: string };

/** Thrown when a name is taken; the SCIM layer makes it 409 `uniqueness`. */
export class NameTaken extends Error {}

/** Users and groups of the SCIM directory. Names are unique per type, whatever their case. */
export class DirectoryStore {
  constructor(private readonly database: Database) {}

  find(type: DirectoryType, id: string): Entry | undefined {
    const row = this.database.get<{ data: string }>('SELECT data FROM scim WHERE type = ? AND id = ?', type, id);
    return row === undefined ? undefined : (JSON.parse(row.data) as Entry);
  }

  list(type: DirectoryType): Entry[] {
    const rows = this.database.all<{ data: string }>('SELECT data FROM scim WHERE type = ? ORDER BY rowid', type);
    return rows.map(({ data }) => JSON.parse(data) as Entry);
  }

  /** Creates, or replaces the entry `id`. Throws NameTaken. Passwords are not kept. */
  save(type: DirectoryType, name: string, attributes: Record<string, unknown>, id: string = randomUUID()): Entry {
    const { password: _password, schemas: _schemas, meta: _meta, ...kept } = attributes;
    const known = this.find(type, id);
    const now = new Date().toISOString();
    const created = (known?.['meta'] as { created?: string } | undefined)?.created ?? now;
    const entry = { ...kept, id, meta: { created, lastModified: now } };
    const key = name.toLowerCase();
    const other = this.database.get('SELECT 1 FROM scim WHERE type = ? AND name = ? AND id <> ?', type, key, id);
    if (other !== undefined) throw new NameTaken(`${type} ${name} exists already`);
    this.database.run(
      `INSERT INTO scim (id, type, name, data) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, data = excluded.data`,
      id,
      type,
      key,
      JSON.stringify(entry),
    );
    return entry;
  }

  /** Who goes leaves its groups with that. */
  remove(type: DirectoryType, id: string): boolean {
    const gone = this.database.run('DELETE FROM scim WHERE type = ? AND id = ?', type, id).changes > 0;
    if (gone && type === 'User') for (const group of this.list('Group')) this.leave(group, id);
    return gone;
  }

  private leave(group: Entry, user: string): void {
    const members = (group['members'] ?? []) as readonly { readonly value?: string }[];
    const left = members.filter(({ value }) => value !== user);
    if (left.length === members.length) return;
    const data = JSON.stringify({ ...group, members: left });
    this.database.run('UPDATE scim SET data = ? WHERE type = ? AND id = ?', data, 'Group', group.id);
  }
}
