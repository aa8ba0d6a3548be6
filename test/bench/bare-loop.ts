import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { join } from 'node:path';

/** Rows a run writes in the bare loop: one when it starts, one a step, one when it ends. */
export const BARE_COMMITS = 8;

/**
 * The yardstick: writes the rows of the same job with the same durability (WAL, synchronous=FULL, appends of one turn of the event loop
 * share a commit) and does nothing else: no deciding, no chain, no metadata, no read model.
 */
export class BareLoop {
  private readonly db: DatabaseSyncInstance;
  private readonly insert;
  private waiting: { stream: string; revision: number; body: string; done: () => void }[] = [];

  constructor(directory: string) {
    this.db = new DatabaseSync(join(directory, 'bare.db'));
    this.db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000');
    this.db.exec(
      'CREATE TABLE rows(position INTEGER PRIMARY KEY, stream TEXT, revision INTEGER, body TEXT, UNIQUE(stream, revision))',
    );
    this.insert = this.db.prepare('INSERT INTO rows(stream, revision, body) VALUES(?, ?, ?)');
  }

  async run(stream: string, pauseMs: () => number): Promise<void> {
    for (let revision = 0; revision < BARE_COMMITS; revision++) {
      const pause = revision > 0 && revision < BARE_COMMITS - 1 ? pauseMs() : 0;
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      await this.write(
        stream,
        revision,
        JSON.stringify({ step: revision, result: { ok: true, value: revision, text: 'small json' } }),
      );
    }
  }

  close(): void {
    this.db.close();
  }

  private write(stream: string, revision: number, body: string): Promise<void> {
    return new Promise((done) => {
      if (this.waiting.push({ stream, revision, body, done }) === 1) setImmediate(() => this.commit());
    });
  }

  private commit(): void {
    const rows = this.waiting.splice(0, 512);
    this.db.exec('BEGIN');
    for (const { stream, revision, body } of rows) this.insert.run(stream, revision, body);
    this.db.exec('COMMIT');
    for (const { done } of rows) done();
    if (this.waiting.length > 0) setImmediate(() => this.commit());
  }
}
