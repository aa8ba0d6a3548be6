import { beforeEach, describe, expect, it } from '@jest/globals';
import { revision, START, type Delivery, type EventFilter, type EventStore } from '#event-store';
import { fillStream, ids, note, readEverything, readPaged, untilCaughtUp } from './contract.support.js';

/** What the port says about reading and subscribing; part of the event store contract. */
export function readingContract(opened: () => EventStore): void {
  let store: EventStore;
  beforeEach(() => {
    store = opened();
  });
  const fill = (stream: string, sizes: readonly number[], type?: string) => fillStream(store, stream, sizes, type);

  describe('readStream', () => {
    it('pages forwards from any revision, whatever the appends were', async () => {
      const { events } = await fill('portfolio-1', [3, 1, 4, 2]);
      for (let from = 0; from < 10; from++)
        for (const limit of [1, 2, 3, 7, 20]) {
          const read = await readPaged((f) => store.readStream('portfolio-1', { from: revision(f), limit }), from, 1);
          expect(ids(read)).toEqual(ids(events.slice(from)));
        }
    });

    it('pages backwards, by itself from the last event', async () => {
      const { events } = await fill('portfolio-1', [3, 1, 4, 2]);
      const last = await store.readStream('portfolio-1', { direction: 'backwards', limit: 2 });
      expect(last.events.map((e) => e.revision)).toEqual([9, 8]);
      expect(last.end).toBe(false);
      for (let from = 0; from < 10; from++)
        for (const limit of [1, 2, 3, 7, 20]) {
          const page = (f: number) =>
            store.readStream('portfolio-1', { from: revision(f), direction: 'backwards', limit });
          expect(ids(await readPaged(page, from, -1))).toEqual(ids(events.slice(0, from + 1).toReversed()));
        }
    });

    it('is empty at the end for a missing stream and behind the last event', async () => {
      await fill('portfolio-1', [1]);
      const missing = await store.readStream('portfolio-none', { direction: 'backwards' });
      expect(missing).toEqual({ events: [], end: true });
      expect(await store.readStream('portfolio-1', { from: revision(5) })).toEqual({ events: [], end: true });
    });

    it('gives at most 500 events where no limit is given', async () => {
      await fill('portfolio-1', [300, 300]);
      const page = await store.readStream('portfolio-1');
      expect(page.events.length).toBeLessThanOrEqual(500);
      expect(page.end).toBe(false);
    });
  });

  describe('readAll', () => {
    beforeEach(async () => {
      await fill('portfolio-1', [2, 1]);
      await fill('process-1', [3], 'StepStarted');
      await fill('portfolio-2', [1], 'StepStarted');
    });
    const all = (filter?: EventFilter, limit?: number) => readEverything(store, filter, limit);

    it('gives everything in log order, in pages of any size', async () => {
      const whole = await all();
      expect(whole.map((e) => e.stream)).toEqual([
        ...Array.from({ length: 3 }, () => 'portfolio-1'),
        ...Array.from({ length: 3 }, () => 'process-1'),
        'portfolio-2',
      ]);
      for (const limit of [1, 2, 4]) expect(await all(undefined, limit)).toEqual(whole);
    });

    it('begins behind any event, also within an append', async () => {
      const whole = await all();
      for (const [i, stored] of whole.entries()) {
        const page = await store.readAll({ after: stored.position });
        expect(ids(page.events)).toEqual(ids(whole.slice(i + 1)));
        expect(page.end).toBe(true);
      }
    });

    it('filters by stream prefix or by type, in pages of any size', async () => {
      const whole = await all();
      for (const limit of [1, 2, 500]) {
        const streams = await all({ streamPrefixes: ['portfolio-'] }, limit);
        expect(streams).toEqual(whole.filter((e) => e.stream.startsWith('portfolio-')));
        expect(await all({ types: ['StepStarted'] }, limit)).toEqual(whole.filter((e) => e.type === 'StepStarted'));
        const either = await all({ streamPrefixes: ['portfolio-2'], types: ['Happened'] }, limit);
        expect(either).toEqual(whole.filter((e) => e.stream === 'portfolio-2' || e.type === 'Happened'));
      }
      expect(await all({ streamPrefixes: [], types: [] })).toEqual(whole);
    });

    it('moves over what a filter leaves out', async () => {
      const last = (await all()).at(-1)!;
      const page = await store.readAll({ after: START, filter: { types: ['Never'] } });
      expect(page).toMatchObject({ events: [], end: true });
      expect(page.next).toBeGreaterThanOrEqual(last.position);
    });
  });

  describe('subscribe', () => {
    it('gives what was there, tells that it has caught up, then what comes', async () => {
      await fill('portfolio-1', [1, 1]);
      const abort = new AbortController();
      const seen: string[] = [];
      for await (const delivery of store.subscribe({ after: START, signal: abort.signal })) {
        // What others write moves the position of a store that is caught up already: told again, and the same to us.
        if (delivery.kind === 'caughtUp' && seen.at(-1) === 'caughtUp') continue;
        seen.push(...note(delivery));
        const caughtUp = seen.filter((s) => s === 'caughtUp').length;
        if (delivery.kind === 'caughtUp' && caughtUp === 1) void fill('portfolio-2', [1]);
        if (caughtUp === 2) abort.abort();
      }
      expect(seen).toEqual(['portfolio-1@0', 'portfolio-1@1', 'caughtUp', 'portfolio-2@0', 'caughtUp']);
    });

    it('begins behind a position and filters', async () => {
      await fill('portfolio-1', [1, 1]);
      await fill('process-1', [2]);
      const [, second] = await readEverything(store);
      const seen = await untilCaughtUp(store, { after: second!.position, filter: { streamPrefixes: ['process-'] } });
      expect(seen).toEqual(['process-1@0', 'process-1@1', 'caughtUp']);
    });

    it('tells the position reached when it has caught up', async () => {
      const { events } = await fill('portfolio-1', [2]);
      const abort = new AbortController();
      let last: Delivery | undefined;
      for await (const delivery of store.subscribe({
        after: START,
        filter: { types: ['No'] },
        signal: abort.signal,
      })) {
        last = delivery;
        if (delivery.kind === 'caughtUp') abort.abort();
      }
      expect(last?.kind).toBe('caughtUp');
      const written = await readEverything(store);
      expect(ids(written)).toEqual(ids(events));
      expect(last?.position).toBeGreaterThanOrEqual(written.at(-1)!.position);
    });

    it('ends when the signal aborts, also while it waits', async () => {
      const abort = new AbortController();
      const iterator = store.subscribe({ after: START, signal: abort.signal })[Symbol.asyncIterator]();
      for (let first = await iterator.next(); first.value?.kind !== 'caughtUp';) first = await iterator.next();
      const waiting = iterator.next();
      abort.abort();
      expect((await waiting).done).toBe(true);
      const already = store.subscribe({ after: START, signal: AbortSignal.abort() })[Symbol.asyncIterator]();
      expect((await already.next()).done).toBe(true);
    });

    it('loses nothing while appends go on', async () => {
      const abort = new AbortController();
      const writing = Promise.all(Array.from({ length: 10 }, (_, n) => fill(`process-${n}`, [1, 2, 1])));
      const seen = new Set<string>();
      for await (const delivery of store.subscribe({ after: START, signal: abort.signal })) {
        if (delivery.kind === 'events') for (const e of delivery.events) seen.add(e.id);
        if (seen.size === 40) abort.abort();
      }
      await writing;
      expect(seen.size).toBe(40);
    });
  });
}
