/** Paths that migrations changed: that under which a request began, which all that comes of it tells (law 2), to the one it has now. */
export type Renamed = Readonly<Record<string, string>>;

/** The same after one more migration. `begun`: paths before it of the steps whose requests have begun; `moved` is undefined for one that is gone. */
export function renamedAgain(
  renamed: Renamed,
  begun: Iterable<string>,
  moved: (path: string) => string | undefined,
): Record<string, string> {
  const beganAs = new Map(Object.entries(renamed).map(([path, now]) => [now, path]));
  const next: Record<string, string> = {};
  for (const now of begun) {
    const [path, to] = [beganAs.get(now) ?? now, moved(now)];
    if (to !== undefined && to !== path) next[path] = to;
  }
  return next;
}
