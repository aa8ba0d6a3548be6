import { DatabaseSync } from '@photostructure/sqlite';
import { join } from 'node:path';
import type { SubjectKeys } from '#kernel';
import type { SealedFileOptions } from './file-vault.js';
import { SealedBox } from './sealed-box.js';
import { openKey, SUBJECT_KEYS_DB, type SubjectRow } from './subject-keys.js';

/**
 * The keys of data subjects for another thread of the process that has them open: reads only, and sees at once what is made or
 * forgotten there. Not through fs: see sealed-file, whose open would drop the other connection's locks.
 */
export function openSubjectKeyReader({ directory, key }: SealedFileOptions): SubjectKeys & { close(): void } {
  const database = new DatabaseSync(join(directory, SUBJECT_KEYS_DB), { readOnly: true, timeout: 5_000 });
  const box = new SealedBox(key);
  const find = database.prepare('SELECT id, sealed FROM subject WHERE id = ?');
  // Rises whenever another connection has changed the file.
  const version = database.prepare('PRAGMA data_version');
  const held = new Map<string, Uint8Array>();
  let seen: unknown;
  return {
    ensure: () => Promise.reject(new Error('this connection to the subject keys only reads')),
    peek(subject) {
      const { data_version: now } = version.get() as { data_version: number };
      if (now !== seen) held.clear();
      seen = now;
      const known = held.get(subject);
      if (known !== undefined) return known;
      const row = find.get(subject) as SubjectRow | undefined;
      if (!row?.sealed) return undefined;
      const opened = openKey(box, row.id, row.sealed);
      held.set(subject, opened);
      return opened;
    },
    close: () => database.close(),
  };
}
