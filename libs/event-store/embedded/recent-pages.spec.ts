import { expect, it } from '@jest/globals';
import { position, type AllPage, type Position, type StoredEvent } from '../port.js';
import { RecentPages } from './recent-pages.js';

const LENGTH = 3;
const numbers = ({ events }: AllPage) => events.map((event) => event.position);

/** A log of `head` events that is read in pages of three, noting from where. */
function log(head: number) {
  const reads: number[] = [];
  const read = (after: Position): AllPage => {
    reads.push(after);
    const count = Math.min(LENGTH, head - after);
    const events = Array.from({ length: count }, (_, i) => ({ position: position(after + 1 + i) }) as StoredEvent);
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
  expect(numbers(pages.behind(position(2), read))).toEqual([3]);
  expect(reads).toEqual([0, 3]);
});

it('who is far behind reads for himself, and a page that is kept ends as it did when it was read', () => {
  const [pages, { reads, read }] = [new RecentPages(), log(9)];
  for (const after of [0, 3, 6]) pages.behind(position(after), read);
  expect(pages.behind(position(6), read).end).toBe(true);
  expect(numbers(pages.behind(position(0), read))).toEqual([1, 2, 3]);
  expect(pages.behind(position(9), read)).toEqual({ events: [], next: 9, end: true });
  expect(reads).toEqual([0, 3, 6, 0, 9]);
});
