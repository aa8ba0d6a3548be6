import { Type, type TProperties, type TUnknown } from 'typebox';
import type { Outcome } from '#kernel';
import type { ContainerNode, StepNode } from '../node.js';
import type { Planning } from '../plan.types.js';
import type { StepContext } from '../step-context.js';
import type { SequenceAdds, SequenceReads, Values } from '../wiring.types.js';
import { stepGroup } from './step-group.js';
import { step, type StepSpec } from './step.js';

type Part<R extends TProperties, A extends TProperties> = Pick<
  StepSpec<R, A, string>,
  'name' | 'reads' | 'adds' | 'handler' | 'plan'
>;

export interface CallbackStepSpec<
  K extends string,
  R extends TProperties,
  N extends string,
  VR extends TProperties,
  VA extends TProperties,
> {
  readonly key: K;
  readonly name?: string;
  readonly reads?: R;
  /** Asks the other side, naming `context.callbackUrl` and `context.deadline`; may give a failure as its outcome. */
  readonly action: (state: Values<R>, context: StepContext) => Promise<Outcome | void> | Outcome | void;
  /** How it says what would be asked, and what would come back. */
  readonly plan?: Planning<Values<R>, { [P in N]: unknown }>;
  /** How long the other side has, ms. When it is over the step fails with "Callback timed out". */
  readonly deadlineMs: number;
  /** Where the answer is kept in the state; default `callback_result`. */
  readonly resultKey?: N;
  /** Looks at the answer. When it is found wanting, a retry asks the other side again, with a new token. */
  readonly validate?: Part<VR, VA>;
  /** Runs behind it, as to close an endpoint. */
  readonly cleanUp?: Part<R, {}>;
  /** Undoes what the other side did; sees its answer. */
  readonly compensate?: StepSpec<R, { [P in N]: TUnknown }, string>['compensate'];
}

type Action<R extends TProperties, N extends string> = StepNode<Values<R>, { [P in N]: unknown }, 'action'>;
type Parts<R extends TProperties, N extends string, VR extends TProperties, VA extends TProperties> = readonly [
  Action<R, N>,
  StepNode<Values<VR>, Values<VA>, 'validate'>,
  StepNode<Values<R>, object, 'clean_up'>,
];

/**
 * Asks another system that answers later by calling back: action, wait with a deadline, validation, clean-up, each with a row of its own.
 * Progress that it tells meanwhile is kept until the answer comes. Keys `<key>/action`, `<key>/validate`, `<key>/clean_up`.
 */
export function callbackStep<
  const K extends string,
  R extends TProperties = {},
  const N extends string = 'callback_result',
  VR extends TProperties = {},
  VA extends TProperties = {},
>(
  spec: CallbackStepSpec<K, R, N, VR, VA>,
): ContainerNode<SequenceReads<Parts<R, N, VR, VA>>, SequenceAdds<Parts<R, N, VR, VA>>, K> {
  const { key, name = key, reads, action, plan, deadlineMs, validate, cleanUp } = spec;
  const resultKey = spec.resultKey ?? 'callback_result';
  const asks = step({
    key: 'action',
    name,
    reads,
    adds: { [resultKey]: Type.Unknown() } as Record<N, TUnknown>,
    policy: { completion: { kind: 'callback', deadlineMs } },
    answer: (result) => ({ [resultKey]: result }) as never,
    plan: plan as never,
    compensate: spec.compensate as never,
    handler: async (state, context) => (await action(state, context)) ?? { kind: 'accepted' },
  });
  const parts = [
    { ...asks, awaitsCallback: true } as const,
    { ...step({ name: `${name}: validate`, ...validate, key: 'validate' }), restartsAt: 'action' },
    step({ name: `${name}: clean up`, ...cleanUp, key: 'clean_up' }),
  ];
  return stepGroup(key, parts as never) as never;
}
