import { describe, expect, it } from '@jest/globals';
import { moveLog, revision, START, verifyLog, type EventStore, type MoveProgress } from '#event-store';
import { chained, SimulatedStore } from '#testing';

const NEW = { revision: -1, hash: '' };

/** Appends of one to three events to streams in turn, so that streams and appends are mixed in the log. */
async function fill(store: EventStore, streams: number, rounds: number): Promise<void> {
  const heads = new Map<string, typeof NEW>();
  for (let n = 0; n < streams * rounds; n++) {
    const stream = `process-${n % streams}`;
    const head = heads.get(stream) ?? NEW;
    const events = Array.from({ length: 1 + (n % 3) }, (_, i) => ({
      type: 'Happened',
      data: { n, i, text: 'ä\u2028' },
    }));
    const next = chained(stream, head, events);
    await store.append(stream, head.revision < 0 ? 'no_stream' : revision(head.revision), next.events);
    heads.set(stream, next.head);
  }
}

const everything = async (store: EventStore) =>
  (await store.readAll({ after: START, limit: 10_000 })).events.map(({ position: _, ...event }) => event);

/** A store that fails at the n-th append, as if the mover had been killed there. */
class Dying extends SimulatedStore {
  left = Infinity;
  override append(...given: Parameters<EventStore['append']>): ReturnType<EventStore['append']> {
    return this.left-- > 0 ? super.append(...given) : Promise.reject(new Error('killed'));
  }
}

describe('moving a log', () => {
  it('copies every event to the letter, in the same order and appends, and checks the copy', async () => {
    const [source, target] = [new SimulatedStore(), new SimulatedStore({ logId: 'other' })];
    await fill(source, 7, 9);
    const told: MoveProgress[] = [];
    const moved = await moveLog(source, target, (progress) => told.push(progress));
    const events = (await everything(source)).length;
    expect(moved).toEqual({ events, streams: 7, copied: events });
    expect(await everything(target)).toEqual(await everything(source));
    expect(await verifyLog(target)).toMatchObject({ ok: true, events });
    expect(told.at(-1)).toEqual({ doing: 'verifying', at: events, of: events });
    expect(new Set(told.map(({ doing }) => doing))).toEqual(new Set(['copying', 'verifying']));
  });

  it('goes on where it was interrupted, wherever that was', async () => {
    const [source, target] = [new SimulatedStore(), new Dying()];
    await fill(source, 3, 4);
    const all = (await everything(source)).length;
    for (let appends = 1; appends < 12; appends++) {
      const there = (await everything(target)).length;
      target.left = 1;
      await expect(moveLog(source, target)).rejects.toThrow('killed');
      expect((await everything(target)).length).toBeGreaterThan(there);
    }
    target.left = Infinity;
    expect(await moveLog(source, target)).toMatchObject({ events: all, streams: 3 });
    target.left = 0;
    expect(await moveLog(source, target)).toEqual({ events: all, streams: 3, copied: 0 });
    expect(await everything(target)).toEqual(await everything(source));
  });

  it('writes what came to the source since the last run', async () => {
    const [source, target] = [new SimulatedStore(), new SimulatedStore()];
    await fill(source, 2, 2);
    await moveLog(source, target);
    await source.append(
      'process-late',
      'no_stream',
      chained('process-late', NEW, [{ type: 'Happened', data: {} }]).events,
    );
    expect(await moveLog(source, target)).toMatchObject({ streams: 3, copied: 1 });
  });

  it.each([
    ['a stream of somebody else', 'order-1', [{ type: 'Ordered', data: {} }]],
    ['the same stream with other events', 'process-0', [{ type: 'Happened', data: { n: 99 } }]],
  ])('refuses a target with %s, and writes nothing to it', async (_, stream, events) => {
    const [source, target] = [new SimulatedStore(), new SimulatedStore()];
    await fill(source, 2, 2);
    await target.append(stream, 'no_stream', chained(stream, NEW, events).events);
    const before = await everything(target);
    await expect(moveLog(source, target)).rejects.toMatchObject({
      code: 'store_refused',
      message: expect.stringContaining('PURVEYOR_STREAM_PREFIX'),
    });
    expect(await everything(target)).toEqual(before);
  });

  it('refuses a target that has gone on since', async () => {
    const [source, target] = [new SimulatedStore(), new SimulatedStore()];
    await fill(source, 2, 2);
    await moveLog(source, target);
    await target.append('process-9', 'no_stream', chained('process-9', NEW, [{ type: 'Happened', data: {} }]).events);
    await expect(moveLog(source, target)).rejects.toThrow('process-9@0');
  });

  it('finds a stream that is not there when it is read by its name', async () => {
    const [source, target] = [new SimulatedStore(), new SimulatedStore()];
    await fill(source, 2, 2);
    const read = target.readStream.bind(target);
    target.readStream = async (stream, options) =>
      stream === 'process-1' ? { events: [], end: true } : read(stream, options);
    await expect(moveLog(source, target)).rejects.toMatchObject({ code: 'corrupt', at: { stream: 'process-1' } });
  });
});
