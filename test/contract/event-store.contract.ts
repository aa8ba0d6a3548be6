import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_APPEND_BYTES, revision, type EventStore } from '#event-store';
import { chained } from '#testing';
import { at, event, expectHeadBehind, fillStream, NEW, readEverything } from './contract.support.js';
import { readingContract } from './reading.contract.js';

/** What the contract needs of an adapter: `reopen` closes the store and opens the same log again. */
export interface OpenedStore {
  readonly store: EventStore;
  reopen(): Promise<EventStore>;
  close(): Promise<void>;
}

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

    const fill = (stream: string, sizes: readonly number[]) => fillStream(store, stream, sizes);

    describe('append', () => {
      it('gives revision and position of the last event, both growing', async () => {
        const first = chained('portfolio-1', NEW, [event(1), event(2)]);
        const a = await store.append('portfolio-1', 'no_stream', first.events);
        expect(a.revision).toBe(1);
        const b = await store.append('portfolio-1', a.revision, chained('portfolio-1', first.head, [event(3)]).events);
        expect(b.revision).toBe(2);
        expect(b.position).toBeGreaterThan(a.position);
        await expectHeadBehind(store, b.position);
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
        expect(await readEverything(store)).toEqual([]);
        expect(await store.readStream('portfolio-1')).toEqual({ events: [], end: true });
      });

      it('refuses more than 1 MiB and takes what fits', async () => {
        const big = chained('portfolio-1', NEW, [{ type: 'Happened', data: 'x'.repeat(MAX_APPEND_BYTES) }]);
        await expect(store.append('portfolio-1', 'no_stream', big.events)).rejects.toMatchObject({
          code: 'event_too_large',
          stream: 'portfolio-1',
        });
        expect(await readEverything(store)).toEqual([]);
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
        expect(await readEverything(store)).toHaveLength(90);
        for (let n = 0; n < 30; n++)
          expect((await store.readStream(`process-${n}`)).events.map((e) => e.revision)).toEqual([0, 1, 2]);
      });
    });

    describe('a repeated append', () => {
      it('answers as the first time and writes nothing', async () => {
        const { events } = chained('portfolio-1', NEW, [event(1), event(2)]);
        const first = await store.append('portfolio-1', 'no_stream', events);
        await fill('portfolio-2', [1]);
        const before = await readEverything(store);
        expect(await store.append('portfolio-1', 'no_stream', events)).toEqual(first);
        expect(await readEverything(store)).toEqual(before);
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

    readingContract(() => store);

    it('keeps log id and events over a restart', async () => {
      await fill('portfolio-1', [2]);
      const { logId } = store;
      const before = await readEverything(store);
      store = await opened.reopen();
      expect(store.logId).toBe(logId);
      expect(await readEverything(store)).toEqual(before);
      await expectHeadBehind(store, before.at(-1)!.position);
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
