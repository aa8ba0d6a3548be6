import { Refusal } from '#kernel';
import type { ListQuery, Range, Slice, Sort } from '#read-models';
import type { ListDto } from './query.dto.js';

/** `range=from,to` (to exclusive). Refusal `bad_range` 400. */
export function rangeOf(text: string | undefined): Range | undefined {
  if (text === undefined) return undefined;
  const found = /^(\d{1,15}),(\d{1,15})$/.exec(text);
  if (found === null) throw new Refusal('bad_range', 400, 'range is two whole numbers with a comma between them');
  return [Number(found[1]), Number(found[2])];
}

/** `a,b,c,d` as [a, b] and [c, d]. Refusal `bad_filter` 400 for an odd number. */
export function pairsOf(text: string | undefined, name: string): readonly (readonly [string, string])[] {
  if (text === undefined || text === '') return [];
  const parts = text.split(',');
  if (parts.length % 2 !== 0) throw new Refusal('bad_filter', 400, `${name} is pairs with commas between them`);
  return parts.flatMap((part, i) => (i % 2 === 0 ? [[part, parts[i + 1]!] as const] : []));
}

/** `sort=field,asc` or `field,desc`, any number of them. Refusal `bad_filter` 400. */
export function sortOf(text: string | undefined): readonly Sort[] {
  return pairsOf(text, 'sort').map(([field, direction]) => {
    if (direction !== 'asc' && direction !== 'desc')
      throw new Refusal('bad_filter', 400, `${field} is sorted asc or desc`);
    return { field, direction };
  });
}

/** A list as it was asked for; without a place in it the whole list. Refusal `bad_filter` or `bad_range` 400. */
export function listQueryOf({ filter, query, sort, cursor, limit, count, ...dto }: ListDto): ListQuery {
  const range = rangeOf(dto.range);
  return {
    filter: pairsOf(filter, 'filter').map(([field, value]) => ({ field, value })),
    sort: sortOf(sort),
    ...(query !== undefined && { search: query }),
    ...(range && { range }),
    ...(cursor !== undefined && { cursor }),
    ...(limit !== undefined && { limit }),
    count: count === 'true',
  };
}

type Counted = Pick<Slice<unknown>, 'items' | 'total'>;

/** Content-Range in the Workflow Orchestrator's form: `processes 0-10/24`, the end exclusive as in `range`; `*` for a number nobody asked for. */
export function contentRange(unit: string, range: Range | undefined, { items, total }: Counted): string {
  const from = range?.[0] ?? 0;
  return `${unit} ${from}-${from + items.length}/${total ?? '*'}`;
}

interface Reply {
  header(name: string, value: string): unknown;
}

/** The headers of a list whose answer is an array: how much of it this is, and where it goes on. */
export function tellPlace(reply: Reply, unit: string, url: string, { range }: ListQuery, slice: Slice<unknown>): void {
  reply.header('Content-Range', contentRange(unit, range, slice));
  if (slice.next !== null) reply.header('Link', nextLink(url, slice.next));
}

/** Link header (RFC 8288) of the page behind this one: the same address with another cursor. */
export function nextLink(url: string, cursor: string): string {
  const next = new URL(url, 'http://localhost');
  next.searchParams.set('cursor', cursor);
  return `<${next.pathname}${next.search}>; rel="next"`;
}
