import { describe, expect, it } from '@jest/globals';
import { framesOf } from './server-sent.js';

async function* cut(bytes: Uint8Array, size: number) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

describe('server-sent events', () => {
  const bytes = new TextEncoder().encode('id: 1\nevent: A\ndata: {"name":"Zoë"}\n\n: beat\nid: 5\n\nid: 6\nda');

  it.each([1, 2, 7, 1_000])('are read from pieces of %i bytes; what was cut off is none', async (size) => {
    const frames = [];
    for await (const frame of framesOf(cut(bytes, size))) frames.push(frame);
    expect(frames).toEqual([
      { id: '1', data: '{"name":"Zoë"}' },
      { id: '5', data: undefined },
    ]);
  });
});
