import type { ProcessEventOf } from '../published/index.js';
import { movedPath } from '../published/process.values.js';
import { hasBegun, isDone, NOTHING_RARE, type ProcessCommon, type Row, type StartedProcess } from './process.state.js';

/** Pins a process anew. A request that has begun keeps its path as its key (law 2), so its old name leads to its new place. */
export function migrated(state: StartedProcess, { version, steps, keys }: ProcessEventOf<'ProcessMigrated'>['data']) {
  const rows = new Map<string, Row>();
  const renamed: Record<string, string> = {};
  const gone: string[] = [...(state.rare?.gone ?? [])];
  const rowsNow: [string, Row | undefined][] = [
    ...state.steps.map(({ key }, i): [string, Row | undefined] => [key, state.requests[i]]),
    ...Object.entries(state.dynamic),
  ];
  for (const [path, row] of rowsNow) {
    const to = movedPath(keys, path);
    if (row === undefined) continue;
    const begun = hasBegun(row);
    if (to !== undefined) rows.set(to, begun ? row : Object.assign({}, row, { step: to }));
    if (begun && to === undefined) gone.push(row.step);
    if (begun && to !== undefined && row.step !== to) renamed[row.step] = to;
  }
  const pinned = new Set(steps.map(({ key }) => key));
  const requests = steps.map(({ key }) => rows.get(key));
  const gap = requests.findIndex((row) => row === undefined || !isDone(row));
  const next: Partial<ProcessCommon> = {
    version,
    steps,
    requests,
    dynamic: Object.fromEntries([...rows].filter(([path]) => !pinned.has(path))),
    position: gap < 0 ? requests.length : gap,
    rare: Object.assign({}, state.rare ?? NOTHING_RARE, { renamed }, gone.length > 0 && { gone }),
  };
  return Object.assign({}, state, next);
}
