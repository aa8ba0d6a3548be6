import type { EventFilter } from '#event-store';

/** Which events a client wants; both conditions must hold, an empty one always does. */
export interface LiveFilter {
  readonly types: ReadonlySet<string>;
  /** Categories, or names of single streams. */
  readonly streams: readonly string[];
}

const listOf = (text: string | undefined): readonly string[] =>
  text === undefined || text === '' ? [] : text.split(',');

export const filterOf = (types: string | undefined, streams: string | undefined): LiveFilter => ({
  types: new Set(listOf(types)),
  streams: listOf(streams),
});

const isOf = (stream: string, wanted: string): boolean =>
  stream === wanted || (!wanted.includes('-') && stream.startsWith(`${wanted}-`));

export const passes = (
  { types, streams }: LiveFilter,
  event: { readonly type: string; readonly stream: string },
): boolean =>
  (types.size === 0 || types.has(event.type)) &&
  (streams.length === 0 || streams.some((wanted) => isOf(event.stream, wanted)));

/** What of it the log can do: the store's filter joins types and streams by "or", so only one of them is given to it. */
export function storeFilter({ types, streams }: LiveFilter): EventFilter {
  if (streams.length > 0) return { streamPrefixes: streams.map((each) => (each.includes('-') ? each : `${each}-`)) };
  return types.size > 0 ? { types: [...types] } : {};
}
