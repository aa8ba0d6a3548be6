import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { position, revision, START } from '#event-store';
import type {
  Delivery,
  EncodedEvent,
  EventFilter,
  EventStore,
  ExpectedRevision,
  Position,
  StoredEvent,
} from '#event-store';
import { chained } from '#testing';

export const NEW = { revision: -1, hash: '' };
export const event = (n: number, type = 'Happened') => ({ type, data: { n } });
export const ids = (events: readonly { readonly id: string }[]) => events.map((e) => e.id);

/** Appends numbered events to a new stream, in appends of the given sizes. */
export async function fillStream(store: EventStore, stream: string, sizes: readonly number[], type = 'Happened') {
  let head = NEW;
  let n = 0;
  const events: EncodedEvent[] = [];
  for (const size of sizes) {
    const next = chained(
      stream,
      head,
      Array.from({ length: size }, () => event(n++, type)),
    );
    await store.append(stream, expectedAt(head), next.events);
    head = next.head;
    events.push(...next.events);
  }
  return { head, events };
}

const expectedAt = (head: { readonly revision: number }): ExpectedRevision =>
  head.revision < 0 ? 'no_stream' : revision(head.revision);

export const at = (stored: StoredEvent) => ({ revision: stored.revision, position: stored.position });

export async function readPaged(
  page: (from: number) => Promise<{ events: readonly StoredEvent[]; end: boolean }>,
  from: number,
  step: 1 | -1,
): Promise<StoredEvent[]> {
  const read: StoredEvent[] = [];
  for (let next = from; ;) {
    const { events, end } = await page(next);
    read.push(...events);
    if (end) return read;
    next = events.at(-1)!.revision + step;
  }
}

export async function readEverything(store: EventStore, filter?: EventFilter, limit?: number): Promise<StoredEvent[]> {
  const read: StoredEvent[] = [];
  for (let after = START; ;) {
    const page = await store.readAll({ after, filter, limit });
    read.push(...page.events);
    if (page.end) return read;
    after = position(page.next);
  }
}

/** Until it holds; fails after `ms`, and says what did not come true. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(10)) if (await holds()) return;
  throw new Error(`this did not come true within ${ms} ms: ${holds.toString()}`);
}

/** The head is at the last event, or behind it where others write into the same server; nothing of ours follows it. */
export async function expectHeadBehind(store: EventStore, last: Position): Promise<void> {
  const head = await store.head();
  expect(head).toBeGreaterThanOrEqual(last);
  expect((await store.readAll({ after: head })).events).toEqual([]);
}

export const note = (delivery: Delivery): string[] =>
  delivery.kind === 'caughtUp' ? ['caughtUp'] : delivery.events.map((e) => `${e.stream}@${e.revision}`);

export async function untilCaughtUp(
  store: EventStore,
  options: { after: StoredEvent['position']; filter?: EventFilter },
): Promise<string[]> {
  const abort = new AbortController();
  const seen: string[] = [];
  for await (const delivery of store.subscribe({ ...options, signal: abort.signal })) {
    seen.push(...note(delivery));
    if (delivery.kind === 'caughtUp') abort.abort();
  }
  return seen;
}
