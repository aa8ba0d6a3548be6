import { DatabaseSync } from '@photostructure/sqlite';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** Events of one transaction. */
const BATCH = 10_000;

/** What a rebuild is held against: reads every row of the log, parses what is in it, inserts one row for each event, and knows nothing else. */
export function insertEach(directory: string): void {
  const file = join(directory, 'plain.db');
  const log = new DatabaseSync(join(directory, 'log.db'), { readOnly: true });
  const rows = new DatabaseSync(file);
  rows.exec('PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
  rows.exec('CREATE TABLE plain(id INTEGER PRIMARY KEY, time INTEGER, doc TEXT); BEGIN');
  const insert = rows.prepare('INSERT INTO plain VALUES (?, ?, ?)');
  const read = log.prepare('SELECT position, body FROM appends WHERE position > ? ORDER BY position LIMIT 1000');
  let events = 0;
  for (let after = 0; ;) {
    const page = read.all(after) as { position: number; body: string }[];
    if (page.length === 0) break;
    for (const { position, body } of page) {
      const [metadata, ...lines] = body.split('\n');
      const { time } = JSON.parse(metadata!) as { time: number };
      for (const line of lines) {
        const data = JSON.parse(line.slice(line.indexOf('\t') + 1)) as unknown;
        insert.run(++events, time, JSON.stringify(data));
        if (events % BATCH === 0) rows.exec('COMMIT; BEGIN');
      }
      after = position;
    }
  }
  rows.exec('COMMIT');
  rows.close();
  log.close();
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
}
