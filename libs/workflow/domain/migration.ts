import type { PinnedStep } from '../published/index.js';
import { movedPath } from '../published/process.values.js';
import { leafAt, type Compiled } from './compiled.js';
import type { Migration } from './migration.types.js';
import { allRows, hasBegun, isDone, pathNow, type StartedProcess } from './process.state.js';

/** What a migration pins anew. */
export interface Move {
  readonly version: number;
  readonly steps: PinnedStep[];
  readonly keys: Record<string, string | null>;
}

/** Throws when a migration names what it cannot move to: checked at start-up. */
export function checkMigrations({ definition, leaves }: Compiled): void {
  for (const { from, keys } of definition.migrates ?? [])
    for (const [old, to] of Object.entries(keys)) {
      const wrong = to !== null && (!leaves.has(to) || nested(old) !== nested(to));
      if (wrong || from > definition.version)
        throw new Error(`${definition.key}: version ${from} cannot be moved from ${old} to ${String(to)}`);
    }
}

/** For-each and focus that a path goes through: the state has their values under these keys. */
const nested = (path: string): string => (path.match(/[^/]+\/\*|@[^/]+/g) ?? []).join(' ');

/**
 * How an instance goes on in a definition; undefined when no migration says so, when one of its steps would be in no place, when a step that
 * is gone has begun and not ended, or when another has its name now: then it is left alone and shown.
 */
export function moveOf(compiled: Compiled, state: Pick<StartedProcess, 'version' | 'steps'>): Move | undefined {
  const { definition, leaves, pinned } = compiled;
  const migration = definition.migrates?.find(({ from }) => from === state.version);
  if (migration === undefined) return undefined;
  const keys = { ...migration.keys };
  const fits = state.steps.every(({ key }) => key in keys || leaves.has(key));
  if (!fits || ('requests' in state && isLeftAlone(migration, compiled, state as StartedProcess))) return undefined;
  return { version: definition.version, steps: [...pinned], keys };
}

/** An open step would be lost, or a step that is another by now has the name under which a request has begun: its key would be used twice (law 2). */
function isLeftAlone({ keys }: Migration, compiled: Compiled, state: StartedProcess): boolean {
  const isThere = (path: string): boolean => leafAt(compiled, path) !== undefined;
  const taken = allRows(state)
    .filter(hasBegun)
    .some((row) => {
      const { step } = row;
      const to = movedPath(keys, pathNow(state, step));
      const lost = !isDone(row) && (to === undefined || !isThere(to));
      return lost || (to !== step && isThere(step));
    });
  return taken || (state.rare?.gone?.some(isThere) ?? false);
}
