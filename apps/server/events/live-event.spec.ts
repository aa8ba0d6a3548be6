import { describe, expect, it } from '@jest/globals';
import { position, revision, type StoredEvent } from '#event-store';
import { beatFrame, frameOf, liveEvent } from './live-event.js';
import { filterOf, passes, storeFilter } from './live-filter.js';
import { LiveWindow } from './live-window.js';

const stored = (data: object): StoredEvent => ({
  id: 'x',
  type: 'StageFailed',
  stream: 'portfolio-1',
  revision: revision(3),
  position: position(9),
  data: JSON.stringify(data),
  metadata: JSON.stringify({ time: 5, actor: 'me', $correlationId: 'c', hash: 'h' }),
});

describe('a live event', () => {
  it('carries no recorded data but step, attempt, kind and code', () => {
    const failure = { kind: 'refused', code: 'no', message: 'Ada Lovelace is not known', traceback: 'x' };
    const found = liveEvent(stored({ step: 'TENANT', attempt: 2, failure, input: { password: 'vault:p#1' } }));
    expect(found).toEqual({
      type: 'StageFailed',
      stream: 'portfolio-1',
      category: 'portfolio',
      revision: 3,
      position: 9,
      time: 5,
      actor: 'me',
      correlationId: 'c',
      step: 'TENANT',
      attempt: 2,
      failure: { kind: 'refused', code: 'no' },
    });
    const frame = frameOf(found);
    expect(frame).toMatch(/^id: 9\nevent: StageFailed\ndata: \{.*\}\n\n$/);
    expect(frame).not.toMatch(/Ada|vault/);
  });

  it('of data in any shape has what is not there as null', () => {
    const odd = { step: { $personal: 'x' }, attempt: '1', failure: 'no' };
    expect(liveEvent(stored(odd))).toMatchObject({ step: null, attempt: null, failure: null });
  });

  it('is between beats that move the id on', () => {
    expect(beatFrame(12)).toBe(': beat\nid: 12\n\n');
  });
});

describe('a filter', () => {
  const event = (type: string, stream: string) => ({ type, stream });
  it('joins types and streams by "and"', () => {
    const filter = filterOf('A,B', 'process,portfolio-1');
    expect(passes(filter, event('A', 'process-9'))).toBe(true);
    expect(passes(filter, event('B', 'portfolio-1'))).toBe(true);
    expect(passes(filter, event('C', 'process-9'))).toBe(false);
    expect(passes(filter, event('A', 'portfolio-11'))).toBe(false);
    expect(passes(filter, event('A', 'processes-1'))).toBe(false);
    expect(passes(filterOf(undefined, ''), event('A', 'x-1'))).toBe(true);
  });

  it('gives the log what it can do of it', () => {
    expect(storeFilter(filterOf('A', 'process,portfolio-1'))).toEqual({ streamPrefixes: ['process-', 'portfolio-1'] });
    expect(storeFilter(filterOf('A', undefined))).toEqual({ types: ['A'] });
    expect(storeFilter(filterOf(undefined, undefined))).toEqual({});
  });
});

describe('the window', () => {
  const at = (position: number) => ({ type: 'A', stream: 'x-1', position, frame: '' });
  it('gives what is behind a position as long as it is kept', () => {
    const window = new LiveWindow(10, 3);
    expect([window.behind(10), window.behind(9)]).toEqual([[], undefined]);
    window.push([at(11), at(14), at(20)], 25);
    expect(window.behind(11)!.map(({ position }) => position)).toEqual([14, 20]);
    window.push([at(30)], 30);
    expect([window.behind(10), window.to]).toEqual([undefined, 30]);
    expect(window.behind(11)!.map(({ position }) => position)).toEqual([14, 20, 30]);
  });
});
