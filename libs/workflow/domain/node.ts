import type { TProperties } from 'typebox';
import type { Outcome } from '#kernel';
import type { RequestPolicy } from '#runtime';
import type { StepAuthorizers } from './authorizer.types.js';
import type { FormPage } from './form.js';
import type { Planning } from './plan.types.js';
import type { Data } from './process.state.js';
import type { StepContext } from './step-context.js';
import type { Wiring } from './wiring.types.js';

/** What a step's handler gives: the values it adds, or an outcome of its own (accepted, failed, ...). */
export type StepResult<A> = A | Outcome;

export type Handler = (state: never, context: StepContext) => Promise<StepResult<object>> | StepResult<object>;

interface NodeBase<R, A, K extends string> extends Wiring<R, A> {
  /** Stable, unique among its siblings: a part of the paths below it. */
  readonly key: K;
}

interface LeafBase<R, A, K extends string> extends NodeBase<R, A, K> {
  readonly name: string;
  readonly adds: TProperties;
}

export interface StepNode<R = any, A = any, K extends string = string> extends LeafBase<R, A, K> {
  readonly kind: 'step';
  readonly reads: readonly string[];
  readonly policy?: Partial<RequestPolicy>;
  /** What a callback brings, in the words of `adds`; pure. What it throws is the failure `invalid_result`. */
  readonly answer?: (result: unknown) => object;
  /** The effect that asks how an accepted request stands. */
  readonly pollEffect?: string;
  readonly handler: Handler;
  /** How it says what the handler would do. */
  readonly plan?: Planning;
  /** Undoes what it did; sees what it read and what it added. */
  readonly compensate?: (state: never, context: StepContext) => Promise<object | void> | object | void;
  /** The effect that asks how an undoing stands that was accepted; without it undoing is done when `compensate` is. */
  readonly undoPollEffect?: string;
  /** Path among its siblings of the step that is done again when this one is retried. */
  readonly restartsAt?: string;
  /** The step is done by another instance, which tells its end; `subWorkflow`: by a process. */
  readonly child?: true;
  readonly subWorkflow?: true;
  /** Its wait is one of a person's callback step: a time-out is told in those words and ends the request. */
  readonly awaitsCallback?: true;
  readonly authorize?: StepAuthorizers;
}

export interface InputNode<R = any, A = any, K extends string = string> extends LeafBase<R, A, K> {
  readonly kind: 'input';
  readonly pages: readonly FormPage[];
  readonly assignee?: string;
  readonly authorize?: StepAuthorizers;
}

export interface SleepNode<R = any, A = any, K extends string = string> extends LeafBase<R, A, K> {
  readonly kind: 'sleep';
  /** When it ends, ms since the epoch; `now` is when it is reached. Pure. */
  readonly until: (state: never, now: number) => number;
}

/** Where in the tree, and with which state, a node is met. */
export interface Place {
  readonly path: string;
  readonly data: Data;
  /** Whether a condition above says that what is here is passed over; asked when a leaf is about to begin. */
  readonly off: (() => boolean) | undefined;
}

/** Who walks the tree: for what is owed, for what follows by itself, or only for whether all is done. */
export interface Visit {
  /** Goes along a list as far as it is done; true when all of it is. */
  sequence(nodes: readonly Node[], prefix: string, at: Place): boolean;
  /** One of several branches was first; the walker tells it on unless it is recorded already. */
  first(path: string, won: string, others: readonly string[]): void;
}

/** Nodes inside another one, and what their paths begin with below it. `dynamic`: not known before the process runs. */
interface Part {
  readonly prefix: string;
  readonly nodes: readonly Node[];
  readonly dynamic?: true;
}

/** A node made of nodes. Each kind says by itself how it is walked, so that the engine knows none of them. */
export interface ContainerNode<R = any, A = any, K extends string = string> extends NodeBase<R, A, K> {
  readonly kind: 'container';
  readonly parts: readonly Part[];
  walk(at: Place, visit: Visit): boolean;
}

export type Leaf = StepNode | InputNode | SleepNode;
export type Node = Leaf | ContainerNode;
