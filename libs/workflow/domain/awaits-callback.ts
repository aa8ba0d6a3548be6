import { leafAt, type Compiled } from './compiled.js';
import { pathNow, type StartedProcess } from './process.state.js';

/** Whether the step at a path is the action of a callback step: its answer may come by the process's own callback route. */
export function awaitsCallback(compiled: Compiled, state: StartedProcess, path: string): boolean {
  const node = leafAt(compiled, pathNow(state, path))?.node;
  return node?.kind === 'step' && node.awaitsCallback === true;
}
