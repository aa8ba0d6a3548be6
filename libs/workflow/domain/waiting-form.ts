import { leafAt, type Compiled } from './compiled.js';
import type { InputNode } from './node.js';
import { waitingForm } from './operator-commands.js';
import { pathNow, type StartedProcess } from './process.state.js';

/** The form a suspended process waits for, with its pages and who is to answer: the one at `step`, else the first. */
export function formAt(
  compiled: Compiled,
  state: StartedProcess,
  step?: string,
): { readonly step: string; readonly node: InputNode } | undefined {
  const row = waitingForm(state, step);
  const node = row && leafAt(compiled, pathNow(state, row.step))?.node;
  return node?.kind === 'input' ? { step: row!.step, node } : undefined;
}
