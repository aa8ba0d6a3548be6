import { categoryOf, type RecordedEvent } from '#event-store';
import type { Change } from '../database/view-store.js';
import type { Projection, ProjectionRun } from '../projector/projection.js';

const TABLE = {
  name: 'worklist',
  columns: ['stream', 'category', 'run', 'due', 'since', 'busy', 'position'],
  key: ['stream'],
};

/**
 * What is open and when it is due: a pure function of the metadata of each stream's last event, so it needs no code for the
 * event's type (an instance that this process cannot fold stays open for others).
 */
class Worklist implements ProjectionRun {
  private readonly last = new Map<string, RecordedEvent>();

  add(event: RecordedEvent): void {
    this.last.set(event.stream, event);
  }

  flush(): readonly Change[] {
    const upserts = [];
    const removals = [];
    for (const { stream, metadata, position } of this.last.values()) {
      const { owed } = metadata;
      if (owed === undefined) removals.push([stream, position]);
      else
        upserts.push([
          stream,
          categoryOf(stream),
          owed.run ? 1 : 0,
          owed.due,
          metadata.time,
          owed.busy ?? null,
          position,
        ]);
    }
    this.last.clear();
    return [{ table: TABLE, upserts, removals }];
  }

  drop(): void {
    this.last.clear();
  }
}

export const worklistProjection: Projection = {
  name: 'worklist',
  version: 2,
  tables: [TABLE],
  readsData: () => false,
  begin: () => new Worklist(),
};
