import { Type, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Failure } from '#kernel';
import { DEFAULT_RETRY, type RequestPolicy } from '#runtime';
import type { PinnedStep } from '../published/index.js';
import type { Node, StepNode, WorkflowDefinition } from './definition.js';

export interface CompiledStep {
  readonly node: StepNode;
  readonly policy: RequestPolicy;
  readonly check: (result: unknown) => Failure | undefined;
}

/** A definition with what is looked up on every event worked out once. */
export interface Compiled {
  readonly definition: WorkflowDefinition;
  readonly pinned: readonly PinnedStep[];
  /** Of a definition without branches: its steps in order, so that the next one costs O(1). */
  readonly sequence: readonly CompiledStep[] | undefined;
  /** By path, a for-each's index written as `*`. */
  readonly steps: ReadonlyMap<string, CompiledStep>;
  readonly indexOf: ReadonlyMap<string, number>;
}

const DEFAULT_POLICY: RequestPolicy = { retry: DEFAULT_RETRY, completion: { kind: 'at_once' }, unknown: 'repeat' };
const NO_FAULT = () => undefined;
const KEY = /^(?![0-9]+$)[A-Za-z0-9_.-]+$/;

/** Throws when a key is not a key or is there twice: a definition is checked at start-up. */
export function compile(definition: WorkflowDefinition): Compiled {
  const steps = new Map<string, CompiledStep>();
  const pinned: PinnedStep[] = [];
  collect(definition.steps, '', false);
  const sequential = definition.steps.every((node) => node.kind === 'step');
  return {
    definition,
    pinned,
    sequence: sequential ? [...steps.values()] : undefined,
    steps,
    indexOf: new Map(pinned.map((each, index) => [each.key, index])),
  };

  function collect(nodes: readonly Node[], prefix: string, dynamic: boolean): void {
    const keys = new Set<string>();
    for (const node of nodes) {
      if (!KEY.test(node.key) || keys.has(node.key))
        throw new Error(`${definition.key}: step key ${prefix}${node.key} is not allowed or there twice`);
      keys.add(node.key);
      const path = prefix + node.key;
      if (node.kind === 'step') {
        steps.set(path, compileStep(node));
        if (!dynamic) pinned.push({ key: path, name: node.name });
      } else if (node.kind === 'for-each') collect(node.steps, `${path}/*/`, true);
      else for (const [key, branch] of Object.entries(node.branches)) collect(branch, `${path}/${key}/`, dynamic);
    }
  }
}

function compileStep(node: StepNode): CompiledStep {
  return { node, policy: { ...DEFAULT_POLICY, ...node.policy }, check: checkOf(Type.Object(node.adds), node) };
}

function checkOf(schema: TSchema, node: StepNode): CompiledStep['check'] {
  if (Object.keys(node.adds).length === 0) return NO_FAULT;
  const compiled = Compile(schema);
  return (result) =>
    compiled.Check(result)
      ? undefined
      : {
          kind: 'invalid_result',
          code: 'invalid_step_result',
          message: `step ${node.key} did not add what it declares`,
          fields: compiled.Errors(result).map((e) => ({ pointer: e.instancePath, message: e.message })),
        };
}

/** The step at a path, whatever the element of a for-each. */
export function stepAt(compiled: Compiled, path: string): CompiledStep | undefined {
  return compiled.steps.get(path) ?? compiled.steps.get(path.replace(/\/\d+(?=\/)/g, '/*'));
}
