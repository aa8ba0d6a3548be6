import { beforeEach, describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import {
  CONCEALED,
  ERASED,
  EventLog,
  EventRegistry,
  NEW_STREAM,
  type RecordedEvent,
  type StreamHead,
} from '#event-store';
import type { DomainEvent, SubjectKeys } from '#kernel';
import { SimulatedStore } from '#testing';
import type { Folding } from './replay.js';
import { differenceBetween, stateAt } from './time-travel.js';

const STREAM = 'note-1';
const T0 = Date.parse('2026-05-04T12:00:00Z');

class Keys implements SubjectKeys {
  readonly kept = new Map<string, Uint8Array>();
  async ensure(subject: string) {
    const key = this.kept.get(subject) ?? new Uint8Array(32).fill(7);
    this.kept.set(subject, key);
    return key;
  }
  peek = (subject: string) => this.kept.get(subject);
}

/** Version 1 called the text `words`. */
const NOTED = {
  category: 'note',
  type: 'Noted',
  version: 2,
  schema: Type.Object({ text: Type.String() }),
  upcasts: { 1: ({ words }: { words: string }) => ({ text: words }) },
};
const SIGNED = {
  category: 'note',
  type: 'Signed',
  schema: Type.Object({ by: Type.String() }),
  personal: { fields: ['by'], subject: (_: unknown, stream: string) => stream },
};

const decider: Folding['decider'] = {
  initial: () => ({ texts: [] }),
  evolve: (state: any, { type, data }: RecordedEvent<string, any>) =>
    type === 'Noted' ? { ...state, texts: [...state.texts, data.text] } : { ...state, by: data.by },
};

let store: SimulatedStore;
let keys: Keys;
let head: StreamHead;

async function append(event: DomainEvent, time: number, actor: string, version?: 1): Promise<void> {
  const registry = new EventRegistry().register([
    version === 1 ? { ...NOTED, version, schema: Type.Object({ words: Type.String() }) } : NOTED,
    SIGNED,
  ]);
  const log = new EventLog(store, registry, keys);
  await log.ensureKeys(STREAM, [event]);
  const by = { $correlationId: 'c', $causationId: 'c', actor, tenant: 't', commandId: `x${time}` };
  const prepared = log.prepare(STREAM, head, [event], { ...by, time });
  await log.append(prepared);
  head = prepared.head;
}

function folding(view: 'open' | 'concealed' = 'open'): Folding {
  const log = new EventLog(store, new EventRegistry().register([NOTED, SIGNED] as never), keys);
  return { store, decode: (stored) => log.decodeFor(view, stored), decider };
}

beforeEach(async () => {
  [store, keys, head] = [new SimulatedStore(), new Keys(), NEW_STREAM];
  await append({ type: 'Noted', data: { words: 'one' } }, T0, 'ann', 1);
  await append({ type: 'Signed', data: { by: 'Ann Lee' } }, T0 + 1_000, 'ann');
  await append({ type: 'Noted', data: { text: 'two' } }, T0 + 500, 'bob');
  await append({ type: 'Noted', data: { text: 'three' } }, T0 + 3_000, 'cleo');
});

describe('the state of a stream', () => {
  it.each([
    ['newest' as const, 3, ['one', 'two', 'three']],
    [{ revision: 2 }, 2, ['one', 'two']],
    [{ at: T0 }, 0, ['one']],
    [{ at: T0 + 2_999 }, 2, ['one', 'two']],
    [{ at: T0 * 2 }, 3, ['one', 'two', 'three']],
  ])('at %j is the fold up to there, old versions upcast', async (point, revision, texts) => {
    const found = await stateAt(folding(), STREAM, point);
    expect(found).toMatchObject({ stream: STREAM, revision, event: { revision }, state: { texts } });
  });

  it('does not see at an instant what a slow clock recorded behind a later event', async () => {
    expect((await stateAt(folding(), STREAM, { at: T0 + 700 })).revision).toBe(0);
  });

  it('shows personal values to whom they may be shown, and a marker once the person is forgotten', async () => {
    const by = async (view?: 'concealed') => ((await stateAt(folding(view), STREAM, 'newest')).state as any).by;
    expect([await by(), await by('concealed')]).toEqual(['Ann Lee', CONCEALED]);
    keys.kept.clear();
    expect([await by(), await by('concealed')]).toEqual([ERASED, ERASED]);
  });

  it.each([
    [STREAM, { revision: 4 }, 'revision_beyond_end', '/revision', { last: 3 }],
    [STREAM, { at: T0 - 1 }, 'instant_before_start', '/at', { first: '2026-05-04T12:00:00.000Z' }],
    ['note-2', 'newest' as const, 'not_found', '/stream', {}],
  ])('of %s at %j is refused', async (stream, point, code, pointer, extra) => {
    const refused = stateAt(folding(), stream, point);
    await expect(refused).rejects.toMatchObject({ code, status: 404, extra, errors: [{ pointer }] });
  });
});

describe('the difference between two points', () => {
  it('names path, old, new, the last event that touched it, and its actor', async () => {
    const found = await differenceBetween(folding(), STREAM, { revision: 0 }, { at: T0 + 2_000 });
    expect(found).toMatchObject({ from: { revision: 0 }, to: { revision: 2 } });
    expect(found.changes).toMatchObject([
      { path: '/by', new: 'Ann Lee', actor: 'ann', event: { type: 'Signed', revision: 1, time: T0 + 1_000 } },
      { path: '/texts/1', new: 'two', actor: 'bob', event: { type: 'Noted', revision: 2 } },
    ]);
  });

  it('is empty for the same point, and refuses points the wrong way round', async () => {
    expect((await differenceBetween(folding(), STREAM, { revision: 2 }, { revision: 2 })).changes).toEqual([]);
    await expect(differenceBetween(folding(), STREAM, { revision: 2 }, { at: T0 })).rejects.toMatchObject({
      code: 'bad_range',
      errors: [{ pointer: '/from_revision' }],
    });
  });

  it('names the parameter that misses the stream', async () => {
    const beyond = differenceBetween(folding(), STREAM, { revision: 0 }, { revision: 9 });
    await expect(beyond).rejects.toMatchObject({ code: 'revision_beyond_end', errors: [{ pointer: '/to_revision' }] });
  });
});
