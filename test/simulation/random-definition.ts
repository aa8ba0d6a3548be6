import { Type } from 'typebox';
import { mulberry32 } from '#testing';
import {
  callbackStep,
  conditional,
  focus,
  forEach,
  inputStep,
  parallel,
  sleep,
  stepGroup,
  subWorkflow,
  workflow,
  WorkflowRegistry,
  type Node,
} from '#workflow';
import { asking, meta, scenarioOf, type Call } from './kinds.js';
import type { Scenario } from './world.js';

const DEPTH = 3;
const answer = { answer: Type.Object({ size: Type.Integer() }) };

/** A tree of nodes that depends on the seed alone: the same one for every process and every life. */
class Grower {
  private count = 0;
  private readonly random: () => number;

  constructor(
    seed: number,
    private readonly call: Call,
  ) {
    this.random = mulberry32(seed);
  }

  nodes(depth: number): readonly Node[] {
    return Array.from({ length: 1 + this.upTo(3) }, () => this.node(depth));
  }

  private node(depth: number): Node {
    const key = `n${++this.count}`;
    const leaves = [() => this.step(key), () => this.step(key), () => this.callback(key)];
    const waits = [
      () => inputStep({ key, pages: [], adds: answer }),
      () => sleep({ key, ms: this.upTo(4_000) }),
      () => subWorkflow({ key, workflow: 'kid', input: () => ({}) }),
    ];
    const containers = [
      () => stepGroup(key, this.nodes(depth - 1)),
      () => parallel(key, { left: this.nodes(depth - 1), right: this.nodes(depth - 1) }),
      () => this.race(key),
      () => this.condition(key, depth),
      () => focus(key, this.nodes(depth - 1)),
      () => forEach(key, 'items', this.nodes(depth - 1), { concurrency: 1 + this.upTo(2) }),
    ];
    const kinds: readonly (() => Node)[] = depth > 0 ? [...leaves, ...waits, ...containers] : [...leaves, ...waits];
    return kinds[this.upTo(kinds.length)]!();
  }

  private step(key: string): Node {
    return asking(this.call, key, key);
  }

  private callback(key: string): Node {
    const action = (_: unknown, context: Parameters<Call>[2]) => this.call(key, 'callback', context, key.length);
    return callbackStep({ key, action, deadlineMs: 15_000, resultKey: key });
  }

  /** Both branches bring the same, so that it does not matter which of them is first. */
  private race(key: string): Node {
    const branch = [asking(this.call, 'r', key)];
    return parallel(key, { one: branch, two: branch }, { join: 'first' });
  }

  private condition(key: string, depth: number): Node {
    const holds = this.upTo(2) === 1;
    return conditional({ key, when: () => holds, steps: this.nodes(depth - 1) });
  }

  private upTo(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}

const definitions = (seed: number) => (call: Call) =>
  new WorkflowRegistry([
    workflow({ ...meta, key: 'kid' }, [asking(call, 'k', 'k'), sleep({ key: 'nap', ms: 700 })]),
    workflow(
      { ...meta, key: 'grown', input: { items: Type.Array(Type.Integer()) } },
      new Grower(seed, call).nodes(DEPTH) as never,
    ),
  ]);

/** One process of a definition that the seed has grown. */
export const grown = (seed: number): Scenario =>
  scenarioOf(definitions(seed), [
    {
      stream: 'process-00000000-0000-4000-8000-000000000000',
      command: {
        type: 'StartProcess',
        workflow: 'grown',
        state: { items: [1, 2] },
        createdBy: 'sim',
        time: 0,
      } as never,
    },
  ]);

/** The paths of its steps, for people who look at a failure. */
export const stepsOf = (seed: number): readonly string[] => {
  const never: Call = () => Promise.reject(new Error('nothing runs'));
  return [...definitions(seed)(never).latest('grown')!.leaves.keys()];
};
