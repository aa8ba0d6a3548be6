import { Type, type TSchema } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Failure } from '#kernel';
import { DEFAULT_RETRY, type RequestPolicy } from '#runtime';
import type { PinnedStep } from '../published/index.js';
import type { WorkflowDefinition } from './definition.js';
import type { Leaf, Node, StepNode } from './node.js';
import { patternOf } from '../published/process.values.js';

export interface CompiledLeaf<N extends Leaf = Leaf> {
  readonly node: N;
  /** Place in the definition, first to last. */
  readonly order: number;
  readonly policy: RequestPolicy;
  readonly check: (result: unknown) => Failure | undefined;
}
export type CompiledStep = CompiledLeaf<StepNode>;

/** A definition with what is looked up on every event worked out once. */
export interface Compiled {
  readonly definition: WorkflowDefinition;
  /** Goes as it is into the first event of every instance: never changed. */
  readonly pinned: PinnedStep[];
  /** Of a definition without branches: its steps in order, so that the next one costs O(1). */
  readonly sequence: readonly CompiledStep[] | undefined;
  /** By path, a for-each's index written as `*`. */
  readonly leaves: ReadonlyMap<string, CompiledLeaf>;
}

const DEFAULT_POLICY: RequestPolicy = { retry: DEFAULT_RETRY, completion: { kind: 'at_once' }, unknown: 'repeat' };
const NO_FAULT = () => undefined;
const KEY = /^(?![0-9]+$)[A-Za-z0-9_.-]+$/;

/** Throws when a key is not a key or is there twice: a definition is checked at start-up. */
export function compile(definition: WorkflowDefinition): Compiled {
  const leaves = new Map<string, CompiledLeaf>();
  const pinned: PinnedStep[] = [];
  collect(definition.steps, '', false);
  const sequential = definition.steps.every((node) => node.kind === 'step');
  return {
    definition,
    pinned,
    sequence: sequential ? ([...leaves.values()] as CompiledStep[]) : undefined,
    leaves,
  };

  function collect(nodes: readonly Node[], prefix: string, dynamic: boolean): void {
    const keys = new Set<string>();
    for (const node of nodes) {
      if (keys.has(node.key) || !isKey(node))
        throw new Error(`${definition.key}: step key ${prefix}${node.key} is not allowed or there twice`);
      keys.add(node.key);
      const path = prefix + node.key;
      if (node.kind === 'container')
        for (const part of node.parts) collect(part.nodes, `${path}/${part.prefix}`, dynamic || part.dynamic === true);
      else {
        leaves.set(path, compileLeaf(node, leaves.size));
        if (!dynamic) pinned.push({ key: path, name: node.name });
      }
    }
  }
}

const isKey = (node: Node): boolean =>
  node.kind === 'container'
    ? KEY.test(node.key.replace(/^@/, '')) &&
      node.parts.every(({ prefix }) => /^(\*\/)?$/.test(prefix) || isBranch(prefix))
    : KEY.test(node.key);
const isBranch = (prefix: string): boolean => prefix.endsWith('/') && KEY.test(prefix.slice(0, -1));

function compileLeaf(node: Leaf, order: number): CompiledLeaf {
  const own = node.kind === 'step' ? node.policy : undefined;
  return { node, order, policy: { ...DEFAULT_POLICY, ...own }, check: checkOf(Type.Object(node.adds), node) };
}

function checkOf(schema: TSchema, node: Leaf): CompiledLeaf['check'] {
  if (Object.keys(node.adds).length === 0) return NO_FAULT;
  const compiled = Compile(schema);
  return (result) =>
    compiled.Check(result)
      ? undefined
      : {
          kind: 'invalid_result',
          code: 'invalid_step_result',
          message: `step ${node.key} did not add what it declares`,
          fields: compiled.Errors(result)[1].map((e) => ({ pointer: e.instancePath, message: e.message })),
        };
}

/** The step, form or sleep at a path, whatever the element of a for-each. */
export function leafAt(compiled: Compiled, path: string): CompiledLeaf | undefined {
  return compiled.leaves.get(path) ?? compiled.leaves.get(patternOf(path));
}

/** The step at a path; undefined for what owes no request. */
export function stepAt(compiled: Compiled, path: string): CompiledStep | undefined {
  const found = leafAt(compiled, path);
  return found?.node.kind === 'step' ? (found as CompiledStep) : undefined;
}
