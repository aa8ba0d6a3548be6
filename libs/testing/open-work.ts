import type { EventMetadata, EventStore } from '#event-store';

/** The worklist as its projection has it: the last append of each stream says what is owed. */
export async function* openWork(
  store: Pick<EventStore, 'readAll'>,
  dueBefore = Infinity,
): AsyncIterable<{ readonly stream: string; readonly run: boolean; readonly due: number | null }> {
  const rows = new Map<string, { stream: string; run: boolean; due: number | null }>();
  for (let after = 0, end = false; !end;) {
    const page = await store.readAll({ after: after as never });
    for (const event of page.events) {
      const { owed } = JSON.parse(event.metadata) as EventMetadata;
      if (owed) rows.set(event.stream, { stream: event.stream, ...owed });
      else rows.delete(event.stream);
    }
    [after, end] = [page.next, page.end];
  }
  for (const row of rows.values()) if (row.run || (row.due !== null && row.due <= dueBefore)) yield row;
}
