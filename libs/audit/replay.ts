import { revision, type EventStore, type RecordedEvent, type StoredEvent } from '#event-store';
import type { Decider } from '#kernel';

/** What a stream is folded with: the same evolve and the same upcasting as live work. */
export interface Folding {
  readonly store: EventStore;
  readonly decode: (stored: StoredEvent) => RecordedEvent;
  readonly decider: Pick<Decider<unknown, never, RecordedEvent>, 'initial' | 'evolve'>;
}

/** One event and the state around it. */
export interface Step {
  readonly event: RecordedEvent;
  readonly before: unknown;
  readonly after: unknown;
}

/** Folds a stream event by event, read page by page. A missing stream gives nothing. Throws UnknownEvent. */
export async function* replay({ store, decode, decider }: Folding, stream: string): AsyncGenerator<Step, void, void> {
  let before = decider.initial();
  for (let from = 0, end = false; !end;) {
    const page = await store.readStream(stream, { from: revision(from) });
    for (const stored of page.events) {
      const event = decode(stored);
      const after = decider.evolve(before, event);
      yield { event, before, after };
      before = after;
    }
    from += page.events.length;
    end = page.end || page.events.length === 0;
  }
}
