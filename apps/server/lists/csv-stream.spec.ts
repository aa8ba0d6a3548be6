import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import type { ListQuery, Page } from '#read-models';
import { csvStream } from './csv-stream.js';

const COLUMNS = { n: ({ n }: { n: number }) => n, text: () => '=x' };
const item = (n: number) => ({ n });

/** A list of `pages` pages of 500, and how often it was asked. */
function listOf(pages: number) {
  const asked: ListQuery[] = [];
  const read = async (query: ListQuery): Promise<Page<{ n: number }>> => {
    const at = asked.push(query);
    return { items: Array.from({ length: 500 }, (_, i) => item(at * 1_000 + i)), next: at < pages ? `c${at}` : null };
  };
  return { asked, read };
}

describe('a list as CSV', () => {
  it('has the titles and every row of every page', async () => {
    const { asked, read } = listOf(3);
    const chunks = await (await csvStream(COLUMNS, { search: 'x' }, read)).toArray();
    const lines = chunks.join('').split('\r\n');
    expect(lines[0]).toBe('n,text');
    expect(lines).toHaveLength(1 + 1_500 + 1);
    expect(lines[1_500]).toBe("3499,'=x");
    expect(asked.map(({ cursor, search, toTheEnd, limit }) => [cursor, search, toTheEnd, limit])).toEqual([
      [undefined, 'x', true, 500],
      ['c1', 'x', true, 500],
      ['c2', 'x', true, 500],
    ]);
  });

  it('reads no further than its reader, and stops when that goes away', async () => {
    const { asked, read } = listOf(1_000);
    const stream = await csvStream(COLUMNS, {}, read);
    for await (const _ of stream) break;
    const before = asked.length;
    expect(before).toBeLessThan(20);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toHaveLength(before);
    expect(stream.destroyed).toBe(true);
  });

  it('is refused before it begins, and broken off by a later fault', async () => {
    const refusal = new Refusal('bad_filter', 400, 'no');
    await expect(csvStream(COLUMNS, {}, () => Promise.reject(refusal))).rejects.toBe(refusal);
    let times = 0;
    const read = () => (times++ > 0 ? Promise.reject(new Error('gone')) : Promise.resolve({ items: [], next: 'c' }));
    await expect((await csvStream(COLUMNS, {}, read)).toArray()).rejects.toThrow('gone');
  });
});
