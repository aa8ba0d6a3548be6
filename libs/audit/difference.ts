/** One value that is not the same in two JSON documents. `old` or `new` is absent where the path was. */
export interface Change {
  /** JSON pointer (RFC 6901). */
  readonly path: string;
  readonly old?: unknown;
  readonly new?: unknown;
}

type Container = Readonly<Record<string, unknown>>;

/**
 * What turns one JSON document into another, sorted by path. What was added or taken away as a whole is one change; members of arrays are
 * compared by their place. Parts that both share by reference are passed over, so that a fold's neighbouring states compare cheaply.
 */
export function difference(before: unknown, after: unknown): readonly Change[] {
  const changes: Change[] = [];
  compare(before, after, '', changes);
  return changes;
}

function compare(before: unknown, after: unknown, path: string, changes: Change[]): void {
  if (before === after) return;
  if (!alike(before, after)) return void changes.push(changed(path, before, after));
  for (const key of keysOf(before, after))
    compare(before[key], (after as Container)[key], `${path}/${escaped(key)}`, changes);
}

/** Absent and undefined are the same, as in the JSON that people see. */
const changed = (path: string, before: unknown, after: unknown): Change => ({
  path,
  ...(before !== undefined && { old: before }),
  ...(after !== undefined && { new: after }),
});

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

function alike(before: unknown, after: unknown): before is Container {
  return isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after);
}

function keysOf(before: Container, after: unknown): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after as Container)])];
  return Array.isArray(before) ? keys : keys.sort();
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Whether one path is the other or leads to it. */
export const related = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
