import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  MAX_APPEND_BYTES,
  position,
  revision,
  START,
  type Delivery,
  type EventFilter,
  type EventStore,
  type ExpectedRevision,
  type StoredEvent,
} from '#event-store';
import { chained } from '#testing';

/** What the contract needs of an adapter: `reopen` closes the store and opens the same log again. */
export interface OpenedStore {
  readonly store: EventStore;
  reopen(): Promise<EventStore>;
  close(): Promise<void>;
}

const NEW = { revision: -1, hash: '' };
const event = (n: number, type = 'Happened') => ({ type, data: { n } });
const ids = (events: readonly { readonly id: string }[]) => events.map((e) => e.id);

/** Every sentence of the port, for any adapter. */
export function eventStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`event store: ${name}`, () => {
    let opened: OpenedStore;
    let store: EventStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    /** Appends one event per number in appends of the given sizes. */
    async function fill(stream: string, sizes: readonly number[], type = 'Happened') {
      let head = NEW;
      let n = 0;
      const all = [];
      for (const size of sizes) {
        const next = chained(
          stream,
          head,
          Array.from({ length: size }, () => event(n++, type)),
        );
        await store.append(stream, expectedAt(head), next.events);
        head = next.head;
        all.push(...next.events);
      }
      return { head, events: all };
    }

    describe('append', () => {
      it('gives revision and position of the last event, both growing', async () => {
        const first = chained('portfolio-1', NEW, [event(1), event(2)]);
        const a = await store.append('portfolio-1', 'no_stream', first.events);
        expect(a.revision).toBe(1);
        const b = await store.append('portfolio-1', a.revision, chained('portfolio-1', first.head, [event(3)]).events);
        expect(b.revision).toBe(2);
        expect(b.position).toBeGreaterThan(a.position);
        expect(await store.head()).toBe(b.position);
      });

      it('gives events back to the letter, with stream, revision and position', async () => {
        const data = { text: 'line\nbreak \u2028 ü \t "quoted"', deep: [{ a: null }] };
        const { events } = chained('portfolio-1', NEW, [{ type: 'Happened', data }]);
        const at = await store.append('portfolio-1', 'no_stream', events);
        const page = await store.readStream('portfolio-1');
        expect(page.events.map((e) => ({ ...e }))).toEqual([
          { ...events[0], stream: 'portfolio-1', revision: 0, position: at.position },
        ]);
      });

      it('is refused behind another append, with expected and actual revision', async () => {
        const { head } = await fill('portfolio-1', [1, 1]);
        const late = chained('portfolio-1', { revision: 0, hash: head.hash }, [event(9)]);
        await expect(store.append('portfolio-1', revision(0), late.events)).rejects.toMatchObject({
          code: 'wrong_expected_revision',
          stream: 'portfolio-1',
          expected: 0,
          actual: 1,
        });
      });

      it('is refused with no_stream where the stream exists, and with a revision where it does not', async () => {
        await fill('portfolio-1', [1]);
        const again = chained('portfolio-1', NEW, [event(7)]);
        await expect(store.append('portfolio-1', 'no_stream', again.events)).rejects.toMatchObject({
          expected: 'no_stream',
          actual: 0,
        });
        const nowhere = chained('portfolio-2', { revision: 3, hash: 'x' }, [event(7)]);
        await expect(store.append('portfolio-2', revision(3), nowhere.events)).rejects.toMatchObject({
          code: 'wrong_expected_revision',
          expected: 3,
          actual: 'no_stream',
        });
      });

      it('is refused ahead of the stream', async () => {
        const { head } = await fill('portfolio-1', [1]);
        const ahead = chained('portfolio-1', { revision: 5, hash: head.hash }, [event(7)]);
        await expect(store.append('portfolio-1', revision(5), ahead.events)).rejects.toMatchObject({ actual: 0 });
      });

      it('answers an empty append and writes nothing', async () => {
        await store.append('portfolio-1', 'no_stream', []);
        expect(await store.head()).toBe(START);
        expect(await store.readStream('portfolio-1')).toEqual({ events: [], end: true });
      });

      it('refuses more than 1 MiB and takes what fits', async () => {
        const big = chained('portfolio-1', NEW, [{ type: 'Happened', data: 'x'.repeat(MAX_APPEND_BYTES) }]);
        await expect(store.append('portfolio-1', 'no_stream', big.events)).rejects.toMatchObject({
          code: 'event_too_large',
          stream: 'portfolio-1',
        });
        expect(await store.head()).toBe(START);
        const wide = chained('portfolio-1', NEW, [{ type: 'Happened', data: 'ü'.repeat(MAX_APPEND_BYTES / 2) }]);
        await expect(store.append('portfolio-1', 'no_stream', wide.events)).rejects.toMatchObject({
          code: 'event_too_large',
        });
        const fits = chained('portfolio-1', NEW, [{ type: 'Happened', data: 'x'.repeat(MAX_APPEND_BYTES - 200) }]);
        expect((await store.append('portfolio-1', 'no_stream', fits.events)).revision).toBe(0);
      });

      it('lets one of 50 parallel appends at one revision win', async () => {
        const { head } = await fill('portfolio-1', [1]);
        const results = await Promise.allSettled(
          Array.from({ length: 50 }, (_, n) =>
            store.append('portfolio-1', revision(0), chained('portfolio-1', head, [event(100 + n)]).events),
          ),
        );
        expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
        const lost = results.filter((r) => r.status === 'rejected').map((r) => (r.reason as { code: string }).code);
        expect(lost).toEqual(Array.from({ length: 49 }, () => 'wrong_expected_revision'));
        expect((await store.readStream('portfolio-1')).events).toHaveLength(2);
      });

      it('keeps parallel appends to many streams apart', async () => {
        await Promise.all(Array.from({ length: 30 }, (_, n) => fill(`process-${n}`, [1, 2])));
        const page = await store.readAll({ after: START });
        expect(page.events).toHaveLength(90);
        for (let n = 0; n < 30; n++)
          expect((await store.readStream(`process-${n}`)).events.map((e) => e.revision)).toEqual([0, 1, 2]);
      });
    });

    describe('a repeated append', () => {
      it('answers as the first time and writes nothing', async () => {
        const { events } = chained('portfolio-1', NEW, [event(1), event(2)]);
        const first = await store.append('portfolio-1', 'no_stream', events);
        await fill('portfolio-2', [1]);
        const before = await store.head();
        expect(await store.append('portfolio-1', 'no_stream', events)).toEqual(first);
        expect(await store.head()).toBe(before);
      });

      it('answers so after a restart, and behind later appends', async () => {
        const { events } = await fill('portfolio-1', [2, 1, 3]);
        store = await opened.reopen();
        const at = await store.append('portfolio-1', revision(1), events.slice(2, 3));
        expect(at.revision).toBe(2);
        const stored = (await store.readStream('portfolio-1')).events[2]!;
        expect(at.position).toBe(stored.position);
      });

      it('may be a subset or span several appends', async () => {
        const { events } = await fill('portfolio-1', [2, 1, 3]);
        const all = (await store.readStream('portfolio-1')).events;
        expect(await store.append('portfolio-1', 'no_stream', events.slice(0, 1))).toEqual(at(all[0]!));
        expect(await store.append('portfolio-1', revision(0), events.slice(1, 5))).toEqual(at(all[4]!));
      });

      it('is a conflict when it overlaps only in part, or in another order', async () => {
        const { head, events } = await fill('portfolio-1', [2]);
        const more = chained('portfolio-1', head, [event(3)]).events;
        const partial = store.append('portfolio-1', 'no_stream', [...events, ...more]);
        await expect(partial).rejects.toMatchObject({ code: 'wrong_expected_revision', actual: 1 });
        const reversed = store.append('portfolio-1', 'no_stream', events.toReversed());
        await expect(reversed).rejects.toMatchObject({ code: 'wrong_expected_revision' });
      });

      it('made at the same time as the first answers alike', async () => {
        const { events } = chained('portfolio-1', NEW, [event(1)]);
        const answers = await Promise.all(
          Array.from({ length: 5 }, () => store.append('portfolio-1', 'no_stream', events)),
        );
        expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1);
        expect((await store.readStream('portfolio-1')).events).toHaveLength(1);
      });
    });

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
        const page = await store.readAll({ after: START, filter: { types: ['Never'] } });
        expect(page).toEqual({ events: [], next: await store.head(), end: true });
      });
    });

    describe('subscribe', () => {
      it('gives what was there, tells that it has caught up, then what comes', async () => {
        await fill('portfolio-1', [1, 1]);
        const abort = new AbortController();
        const seen: string[] = [];
        for await (const delivery of store.subscribe({ after: START, signal: abort.signal })) {
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
        const [, second] = (await store.readAll({ after: START })).events;
        const seen = await untilCaughtUp(store, { after: second!.position, filter: { streamPrefixes: ['process-'] } });
        expect(seen).toEqual(['process-1@0', 'process-1@1', 'caughtUp']);
      });

      it('tells the position reached when it has caught up', async () => {
        await fill('portfolio-1', [2]);
        const abort = new AbortController();
        let last: Delivery | undefined;
        for await (const delivery of store.subscribe({
          after: START,
          filter: { types: ['No'] },
          signal: abort.signal,
        })) {
          last = delivery;
          abort.abort();
        }
        expect(last).toEqual({ kind: 'caughtUp', position: await store.head() });
      });

      it('ends when the signal aborts, also while it waits', async () => {
        const abort = new AbortController();
        const iterator = store.subscribe({ after: START, signal: abort.signal })[Symbol.asyncIterator]();
        expect((await iterator.next()).value).toEqual({ kind: 'caughtUp', position: START });
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

    it('keeps log id and events over a restart', async () => {
      await fill('portfolio-1', [2]);
      const { logId } = store;
      const before = await readEverything(store);
      store = await opened.reopen();
      expect(store.logId).toBe(logId);
      expect(await readEverything(store)).toEqual(before);
      expect(await store.head()).toBe(before.at(-1)!.position);
    });

    it('ends after what was appended is durable', async () => {
      const { events } = chained('portfolio-1', NEW, [event(1)]);
      const appending = store.append('portfolio-1', 'no_stream', events);
      const again = opened.reopen();
      expect((await appending).revision).toBe(0);
      store = await again;
      expect((await store.readStream('portfolio-1')).events).toHaveLength(1);
    });
  });
}

const expectedAt = (head: { readonly revision: number }): ExpectedRevision =>
  head.revision < 0 ? 'no_stream' : revision(head.revision);

const at = (stored: StoredEvent) => ({ revision: stored.revision, position: stored.position });

async function readPaged(
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

async function readEverything(store: EventStore, filter?: EventFilter, limit?: number): Promise<StoredEvent[]> {
  const read: StoredEvent[] = [];
  for (let after = START; ;) {
    const page = await store.readAll({ after, filter, limit });
    read.push(...page.events);
    if (page.end) return read;
    after = position(page.next);
  }
}

const note = (delivery: Delivery): string[] =>
  delivery.kind === 'caughtUp' ? ['caughtUp'] : delivery.events.map((e) => `${e.stream}@${e.revision}`);

async function untilCaughtUp(
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
