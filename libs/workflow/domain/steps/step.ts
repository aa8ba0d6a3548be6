import type { TProperties } from 'typebox';
import { DEFAULT_RETRY, type RequestPolicy, type RetryPolicy } from '#runtime';
import type { StepAuthorizers } from '../authorizer.types.js';
import type { StepNode, StepResult } from '../node.js';
import type { Planning } from '../plan.types.js';
import type { StepContext } from '../step-context.js';
import type { Values } from '../wiring.types.js';

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
  /** Undoes what the handler did, under a key of its own; runs in reverse order on failure, where the workflow says so, or on command. */
  readonly compensate?: (state: Values<R> & Values<A>, context: StepContext) => Promise<object | void> | object | void;
  /** How it says what the handler would do; a step without it keeps its workflow from a dry run. */
  readonly plan?: Planning<Values<R>, Values<A>>;
  readonly authorize?: StepAuthorizers;
}

/** A marker does nothing, and says so. */
const NOTHING = () => ({});

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
    handler: (spec.handler as StepNode['handler'] | undefined) ?? NOTHING,
    plan: spec.plan ?? (spec.handler === undefined ? 'as_it_runs' : undefined),
    compensate: spec.compensate,
    authorize: spec.authorize,
  };
}

export interface RetryStepSpec<R extends TProperties, A extends TProperties, K extends string> extends Omit<
  StepSpec<R, A, K>,
  'policy'
> {
  /** What differs from {@link DEFAULT_RETRY}; times in ms. */
  readonly retry: Partial<RetryPolicy>;
}

/** A step with a retry policy of its own: bounded, with back-off, and waiting in between. */
export const retryStep = <const K extends string, R extends TProperties = {}, A extends TProperties = {}>({
  retry,
  ...spec
}: RetryStepSpec<R, A, K>): StepNode<Values<R>, Values<A>, K> =>
  step<K, R, A>({ ...spec, policy: { retry: { ...DEFAULT_RETRY, ...retry } } });
