import { DatabaseSync } from '@photostructure/sqlite';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_DIRECTORY } from '#kernel';
import { checkpointText, type Checkpoint } from './checkpoint.js';
import type { Place } from './walk.js';

/** Beside the log, never in it. */
export const CHECKPOINTS_DB = 'checkpoints.db';

const TABLES = `
CREATE TABLE IF NOT EXISTS mark (log TEXT NOT NULL, count INTEGER NOT NULL, position INTEGER NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (log, count)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint (log TEXT NOT NULL, count INTEGER NOT NULL, position INTEGER NOT NULL, hash TEXT NOT NULL,
  time INTEGER NOT NULL, key TEXT NOT NULL, signature TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (log, count, time)) STRICT, WITHOUT ROWID;
`;

export interface CheckpointFile {
  /** Where the follower stands; undefined before its first step. */
  lastMark(): Place | undefined;
  /** The places the follower has been at, by count. */
  marks(): ReadonlyMap<number, string>;
  mark(place: Place): void;
  /** Newest first; all without a limit. */
  checkpoints(limit?: number): readonly Checkpoint[];
  add(checkpoint: Checkpoint): void;
  close(): void;
}

/** The checkpoints of one log in a data directory, which several processes may share. */
export function openCheckpointFile(directory: string, log: string): CheckpointFile {
  mkdirSync(directory, OWN_DIRECTORY);
  const path = join(directory, CHECKPOINTS_DB);
  closeSync(openSync(path, 'a', 0o600));
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;${TABLES}`);
  const last = db.prepare('SELECT position, count, hash FROM mark WHERE log = ? ORDER BY count DESC LIMIT 1');
  const marks = db.prepare('SELECT count, hash FROM mark WHERE log = ?');
  // Of several followers that were at one place all have found the same; the later position spares reading what was passed over.
  const mark = db.prepare(
    `INSERT INTO mark (log, count, position, hash) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET position = max(position, excluded.position) WHERE hash = excluded.hash`,
  );
  const list = db.prepare(
    `SELECT log, position, count, hash, time, key, signature FROM checkpoint WHERE log = ? ORDER BY count DESC, time DESC LIMIT ?`,
  );
  const add = db.prepare('INSERT OR IGNORE INTO checkpoint VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return {
    lastMark: () => last.get(log) as Place | undefined,
    marks: () => new Map((marks.all(log) as { count: number; hash: string }[]).map((row) => [row.count, row.hash])),
    mark: ({ count, position, hash }) => void mark.run(log, count, position, hash),
    checkpoints: (limit = -1) => list.all(log, limit),
    add(checkpoint) {
      const { count, position, hash, time, key, signature } = checkpoint;
      add.run(log, count, position, hash, time, key, signature, checkpointText(checkpoint));
    },
    close: () => db.close(),
  };
}
