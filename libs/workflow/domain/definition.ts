import type { TProperties } from 'typebox';
import type { Outcome } from '#kernel';
import type { RequestPolicy } from '#runtime';
import type { Target } from '../published/index.js';
import type { StepContext } from './step-context.js';
import type { BranchAdds, BranchReads, SequenceAdds, SequenceReads, Values, Wired, Wiring } from './wiring.types.js';

/** What a step's handler gives: the values it adds, or an outcome of its own (accepted, failed, ...). */
export type StepResult<A> = A | Outcome;

export interface StepNode<R = any, A = any, K extends string = string> extends Wiring<R, A> {
  readonly kind: 'step';
  readonly key: K;
  readonly name: string;
  readonly reads: readonly string[];
  readonly adds: TProperties;
  readonly policy?: Partial<RequestPolicy>;
  /** What a callback brings, in the words of `adds`; pure. What it throws is the failure `invalid_result`. */
  readonly answer?: (result: unknown) => object;
  /** The effect that asks how an accepted request stands. */
  readonly pollEffect?: string;
  readonly handler: (state: never, context: StepContext) => Promise<StepResult<object>> | StepResult<object>;
}

export interface ParallelNode<R = any, A = any, K extends string = string> extends Wiring<R, A> {
  readonly kind: 'parallel';
  readonly key: K;
  readonly branches: Readonly<Record<string, readonly Node[]>>;
}

export interface ForEachNode<R = any, A = any, K extends string = string> extends Wiring<R, A> {
  readonly kind: 'for-each';
  readonly key: K;
  readonly list: string;
  readonly steps: readonly Node[];
  readonly concurrency: number;
}

export type Node = StepNode | ParallelNode | ForEachNode;

export interface StepSpec<R extends TProperties, A extends TProperties, K extends string> {
  /** Stable, unique among its siblings, not a number, without slash. */
  readonly key: K;
  readonly name?: string;
  readonly reads?: R;
  /** What it adds to the state; a result that does not fit is the failure `invalid_result`. */
  readonly adds?: A;
  readonly policy?: Partial<RequestPolicy>;
  readonly answer?: (result: unknown) => Values<A>;
  readonly pollEffect?: string;
  /** Runs under law 2: a repeat has the same idempotency key and the same frozen state. Absent: a marker that does nothing. */
  readonly handler?: (state: Values<R>, context: StepContext) => Promise<StepResult<Values<A>>> | StepResult<Values<A>>;
}

/** One step. Reads and adds are schemas: type, check and documentation from one source. */
export function step<const K extends string, R extends TProperties = {}, A extends TProperties = {}>(
  spec: StepSpec<R, A, K>,
): StepNode<Values<R>, Values<A>, K> {
  return {
    kind: 'step',
    key: spec.key,
    name: spec.name ?? spec.key,
    reads: Object.keys(spec.reads ?? {}),
    adds: spec.adds ?? {},
    policy: spec.policy,
    answer: spec.answer,
    pollEffect: spec.pollEffect,
    handler: (spec.handler as StepNode['handler'] | undefined) ?? (() => ({})),
  };
}

/** Branches that begin at once and are joined: what all of them add is there afterwards. Keys `<key>/<branch>/<step>`. */
export function parallel<const K extends string, const B extends Readonly<Record<string, readonly Node[]>>>(
  key: K,
  branches: B,
): ParallelNode<BranchReads<B>, BranchAdds<B>, K> {
  return { kind: 'parallel', key, branches };
}

/**
 * The steps for each element of the list at `list`, at most `concurrency` at once. They see `item` and `index` beside the state;
 * what they add is kept per element in an array at `key`. Keys `<key>/<index>/<step>`.
 */
export function forEach<const K extends string, const L extends string, const S extends readonly Node[]>(
  key: K,
  list: L,
  steps: S,
  options: { readonly concurrency?: number } = {},
): ForEachNode<
  { [P in L]: readonly unknown[] } & Omit<SequenceReads<S>, 'item' | 'index'>,
  { [P in K]: SequenceAdds<S>[] },
  K
> {
  return { kind: 'for-each', key, list, steps, concurrency: options.concurrency ?? 8 };
}

export interface WorkflowMeta<I extends TProperties = TProperties> {
  readonly key: string;
  readonly name?: string;
  readonly version: number;
  readonly target: Target;
  readonly isTask?: boolean;
  readonly description: string;
  /** What the initial state must hold: form answers and what the form adds. */
  readonly input?: I;
}

export interface WorkflowDefinition extends Omit<WorkflowMeta, 'name' | 'isTask'> {
  readonly name: string;
  readonly isTask: boolean;
  readonly steps: readonly Node[];
}

/** A workflow; steps whose inputs are not there before them do not compile. */
export function workflow<const S extends readonly Node[], I extends TProperties = {}>(
  meta: WorkflowMeta<I>,
  steps: S & Wired<S, Values<I>>,
): WorkflowDefinition {
  return { ...meta, name: meta.name ?? meta.key, isTask: meta.isTask ?? false, steps };
}
