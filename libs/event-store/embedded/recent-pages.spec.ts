import { expect, it } from '@jest/globals';
import { position, type AllPage, type Position, type StoredEvent } from '../port.js';
import { RecentPages } from './recent-pages.js';

const numbers = ({ events }: AllPage) => events.map((event) => event.position);

/** A log of `head` events with `data` that is read in pages of `length`, noting from where. */
function log(head: number, length = 3, data = '{}') {
  const reads: number[] = [];
  const read = (after: Position): AllPage => {
    reads.push(after);
    const count = Math.min(length, head - after);
    const events = Array.from(
      { length: count },
      (_, i) => ({ position: position(after + 1 + i), data, metadata: '{}' }) as StoredEvent,
    );
    return { events, next: position(after + count), end: after + count === head };
  };
  return { reads, read };
}

it('what one subscriber has read others are given, from where they are, as the same events', () => {
  const [pages, { reads, read }] = [new RecentPages(), log(9)];
  const first = pages.behind(position(0), read);
  expect(pages.behind(position(0), read).events[2]).toBe(first.events[2]);
  const rest = pages.behind(position(1), read);
  expect([numbers(rest), rest.next]).toEqual([[2, 3], 3]);
  pages.behind(position(3), read);
  expect(numbers(pages.behind(position(2), read))).toEqual([3, 4, 5, 6]);
  expect(reads).toEqual([0, 3]);
});

it('who lags is given all that is kept behind him at once, which ends as it did when it was read', () => {
  const [pages, { reads, read }] = [new RecentPages(), log(9)];
  for (const after of [0, 3, 6]) pages.behind(position(after), read);
  const kept = pages.behind(position(1), read);
  expect([numbers(kept), kept.next, kept.end]).toEqual([[2, 3, 4, 5, 6, 7, 8, 9], 9, true]);
  expect(pages.behind(position(9), read)).toEqual({ events: [], next: 9, end: true });
  expect(reads).toEqual([0, 3, 6, 9]);
});

it.each([
  { length: 4_000, kept: 8_000 },
  { length: 3_000, kept: 9_000 },
  { length: 2, kept: 32 },
])('of pages of $length events the last $kept are kept; who is further behind reads for himself', (at) => {
  const [pages, { reads, read }] = [new RecentPages(), log(17 * at.length, at.length)];
  for (let after = 0; after < 17 * at.length; after += at.length) pages.behind(position(after), read);
  const first = 17 * at.length - at.kept;
  expect(pages.behind(position(first), read).events).toHaveLength(at.kept);
  expect(reads).toHaveLength(17);
  const own = pages.behind(position(first - 1), read);
  expect([numbers(own)[0], own.events.length, reads.at(-1)]).toEqual([first, at.length, first - 1]);
});

it('of pages of long events no more is kept than 16 Mi characters', () => {
  const [pages, { reads, read }] = [new RecentPages(), log(9, 1, 'x'.repeat(4 * 1024 * 1024 - 2))];
  for (let after = 0; after < 9; after++) pages.behind(position(after), read);
  expect(numbers(pages.behind(position(5), read))).toEqual([6, 7, 8, 9]);
  expect(reads).toHaveLength(9);
  expect(numbers(pages.behind(position(4), read))).toEqual([5]);
  expect(reads).toHaveLength(10);
});
