import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { categoryOf, type RecordedEvent } from '#event-store';
import type { PreparedProjection, Projection } from '../projector/projection.js';
import { upsertSql } from '../projector/upsert.js';

const COLUMNS = ['stream', 'category', 'run', 'due', 'since', 'position'];

/**
 * What is open and when it is due: a pure function of the metadata of each stream's last event, so it needs no code for the
 * event's type (an instance that this process cannot fold stays open for others).
 */
class Worklist implements PreparedProjection {
  private readonly last = new Map<string, RecordedEvent>();
  private readonly upsert: StatementSyncInstance;
  private readonly remove: StatementSyncInstance;

  constructor(raw: DatabaseSyncInstance) {
    const newer = ' WHERE excluded.position > worklist.position';
    this.upsert = raw.prepare(upsertSql('worklist', COLUMNS, ['stream']) + newer);
    this.remove = raw.prepare('DELETE FROM worklist WHERE stream = ? AND position < ?');
  }

  add(event: RecordedEvent): void {
    this.last.set(event.stream, event);
  }

  flush(): void {
    for (const { stream, metadata, position } of this.last.values()) {
      const { owed } = metadata;
      if (owed === undefined) this.remove.run(stream, position);
      else this.upsert.run(stream, categoryOf(stream), owed.run ? 1 : 0, owed.due, metadata.time, position);
    }
    this.last.clear();
  }

  drop(): void {
    this.last.clear();
  }
}

export const worklistProjection: Projection = {
  name: 'worklist',
  version: 1,
  tables: ['worklist'],
  metadataOnly: true,
  wants: () => true,
  prepare: (raw) => new Worklist(raw),
};
