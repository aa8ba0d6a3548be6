import type { Answer, Client } from './client.js';

export type Row = Readonly<Record<string, unknown>>;

/** How a list is read on: `next` in the body, the Link header, a range with Content-Range, or all of it at once. */
export type Paging = 'cursor' | 'link' | 'range' | 'whole';

export interface ListAsked {
  readonly path: string;
  readonly paging: Paging;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** At most this many rows; Infinity for all. */
  readonly limit: number;
}

export interface Listed {
  readonly rows: readonly Row[];
  /** Whether the server has more than was asked for. */
  readonly more: boolean;
  /** Why the rows may be older than usual (header Purveyor-Stale). */
  readonly stale: string | undefined;
}

/** The most that one answer holds. */
const PAGE = 500;

/** Reads pages until the limit or the end. */
export async function readList(client: Client, asked: ListAsked): Promise<Listed> {
  const rows: Row[] = [];
  let turn: Record<string, string> | undefined = {};
  let stale: string | undefined;
  while (turn !== undefined && rows.length < asked.limit) {
    const size = Math.min(PAGE, asked.limit - rows.length);
    const query = { ...asked.query, ...window(asked.paging, rows.length, size), ...turn };
    const answer = await client.get(asked.path, { query });
    const page = rowsOf(answer.body);
    for (const row of page) rows.push(row);
    stale ??= staleOf(answer);
    turn = page.length === 0 ? undefined : nextOf(asked.paging, answer, rows.length);
  }
  return { rows: rows.slice(0, asked.limit), more: turn !== undefined || rows.length > asked.limit, stale };
}

function window(paging: Paging, from: number, size: number): Record<string, string> {
  if (paging === 'whole') return {};
  return paging === 'range' ? { range: `${from},${from + size}` } : { limit: String(size) };
}

/** Why an answer may be older than usual and since when, such as `lagging, 12 s`. */
export function staleOf({ headers }: Answer): string | undefined {
  const why = headers.get('purveyor-stale');
  return why === null ? undefined : `${why}, ${headers.get('purveyor-stale-seconds') ?? '?'} s`;
}

const rowsOf = (body: unknown): readonly Row[] =>
  Array.isArray(body) ? (body as Row[]) : (body as { items: readonly Row[] }).items;

/** The parameters that ask for what comes after this answer; undefined at the end. */
function nextOf(paging: Paging, { body, headers }: Answer, read: number): Record<string, string> | undefined {
  if (paging === 'whole') return undefined;
  if (paging === 'range') return read < totalOf({ body, headers }) ? {} : undefined;
  const cursor = paging === 'cursor' ? (body as { next: string | null }).next : linked(headers.get('link'));
  return cursor === null ? undefined : { cursor };
}

/** How many there are in all, where the server was asked for it: in the body or in Content-Range. */
export function totalOf({ body, headers }: Pick<Answer, 'body' | 'headers'>): number {
  const told = (body as { readonly total?: number } | null)?.total ?? headers.get('content-range')?.split('/')[1];
  return Number(told ?? 0);
}

/** The cursor of `<...?cursor=x>; rel="next"`. */
function linked(link: string | null): string | null {
  const target = /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1];
  return target === undefined ? null : new URL(target, 'http://localhost').searchParams.get('cursor');
}
