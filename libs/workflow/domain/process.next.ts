import type { Owed } from '#kernel';
import type { RequestEvent, RequestSpec } from '#runtime';
import { stepAt, type Compiled, type CompiledStep } from './compiled.js';
import type { Node } from './definition.js';
import { awaitsClaim, claimOwed, owedAtEnd } from './duties.js';
import { requests } from './process.evolve.js';
import { hasEnded, requestAt, type Data, type ProcessCommon, type StartedProcess } from './process.state.js';

/** Name of the one effect that runs all steps. */
export const STEP_EFFECT = 'workflow-step';

/** Frozen by the intent: what a step's handler gets, whatever happens to the state meanwhile. */
export interface StepInput {
  readonly workflow: string;
  readonly version: number;
  readonly target: string;
  readonly step: string;
  readonly state: Data;
}

/** What is owed now. A sequence costs O(1); a tree is walked. */
export function owedBy(compiled: Compiled, state: StartedProcess): readonly Owed<RequestEvent>[] {
  if (hasEnded(state)) return owedAtEnd(state);
  if (awaitsClaim(state)) return claimOwed(state);
  if (compiled.sequence !== undefined) {
    const current = compiled.sequence[state.position];
    if (current === undefined) return [];
    return requests.next(specOf(current, current.node.key, state, state.data), state.requests[state.position]);
  }
  const owed: Owed<RequestEvent>[] = [];
  walk(compiled, compiled.definition.steps, '', state, state.data, owed);
  return owed;
}

/** Whether every step there is to do is done. */
export function isFinished(compiled: Compiled, state: ProcessCommon): boolean {
  if (awaitsClaim(state)) return false;
  if (compiled.sequence !== undefined) return state.position >= compiled.sequence.length;
  return walk(compiled, compiled.definition.steps, '', state, state.data, undefined);
}

type Out = Owed<RequestEvent>[] | undefined;

/** Goes as far as the steps are done and collects what the first open ones owe; true when all are done. */
function walk(compiled: Compiled, nodes: readonly Node[], prefix: string, state: ProcessCommon, data: Data, out: Out) {
  for (const node of nodes) if (!walkNode(compiled, node, prefix + node.key, state, data, out)) return false;
  return true;
}

function walkNode(compiled: Compiled, node: Node, path: string, state: ProcessCommon, data: Data, out: Out): boolean {
  if (node.kind === 'step') {
    const request = requestAt(state, path);
    if (request?.status === 'done') return true;
    out?.push(...requests.next(specOf(stepAt(compiled, path)!, path, state, data), request));
    return false;
  }
  if (node.kind === 'for-each') return walkEach(compiled, node, path, state, data, out);
  let done = true;
  for (const [key, branch] of Object.entries(node.branches))
    done = walk(compiled, branch, `${path}/${key}/`, state, data, out) && done;
  return done;
}

function walkEach(
  compiled: Compiled,
  node: Node & { kind: 'for-each' },
  path: string,
  state: ProcessCommon,
  data: Data,
  out: Out,
): boolean {
  const list = Array.isArray(data[node.list]) ? (data[node.list] as unknown[]) : [];
  const entries = Array.isArray(data[node.key]) ? (data[node.key] as Data[]) : [];
  let open = 0;
  for (let index = 0; index < list.length && open < node.concurrency; index++) {
    const own = { ...data, ...entries[index], item: list[index], index };
    if (!walk(compiled, node.steps, `${path}/${index}/`, state, own, out)) open++;
  }
  return open === 0;
}

function specOf(step: CompiledStep, path: string, state: ProcessCommon, data: Data): RequestSpec {
  return {
    step: path,
    effect: STEP_EFFECT,
    pollEffect: step.node.pollEffect,
    policy: step.policy,
    freshInput: (): StepInput => ({
      workflow: state.workflow,
      version: state.version,
      target: state.target,
      step: path,
      state: pick(data, step.node.reads),
    }),
  };
}

function pick(data: Data, keys: readonly string[]): Data {
  const picked: Record<string, unknown> = {};
  for (const key of keys) if (data[key] !== undefined) picked[key] = data[key];
  return picked;
}
