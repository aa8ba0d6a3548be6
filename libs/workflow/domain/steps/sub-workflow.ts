import type { TProperties } from 'typebox';
import { childOperationPolicy } from '#provisioning/published';
import { DEFAULT_RETRY } from '#runtime';
import { processStream, type StartProcess } from '../../published/index.js';
import type { StepNode } from '../node.js';
import type { StepContext } from '../step-context.js';
import type { Values } from '../wiring.types.js';
import { beginChild } from './begin-child.js';
import { step, type StepSpec } from './step.js';

/** The effect that asks a child process how it stands. */
export const ASK_CHILD_PROCESS = 'process.ask-child';

/** What a parent gets when its sub-workflow has completed. */
interface ChildEnd {
  readonly processId: string;
  /** The child's state at its end. */
  readonly state: Readonly<Record<string, unknown>>;
}

export interface SubWorkflowSpec<R extends TProperties, A extends TProperties, K extends string> extends Pick<
  StepSpec<R, A, K>,
  'key' | 'name' | 'reads' | 'adds' | 'compensate' | 'authorize'
> {
  /** Key of the workflow. */
  readonly workflow: string;
  /** Its initial state; must depend on its arguments alone, so that a repeat asks for the same. */
  readonly input: (state: Values<R>, context: StepContext) => Readonly<Record<string, unknown>>;
  /** What its end adds here. Pure. */
  readonly result?: (end: ChildEnd) => Values<A>;
}

/**
 * A step that is done by a process of its own, under the claim of the root. It goes on when the child has completed; a child that is
 * aborted fails it, and a resume begins another. Abort of the parent aborts it. The id follows from the request's key (law 10).
 */
export function subWorkflow<const K extends string, R extends TProperties = {}, A extends TProperties = {}>(
  spec: SubWorkflowSpec<R, A, K>,
): StepNode<Values<R>, Values<A>, K> {
  const { workflow, input, result, ...own } = spec;
  const node = step<K, R, A>({
    ...own,
    policy: childOperationPolicy(DEFAULT_RETRY),
    pollEffect: ASK_CHILD_PROCESS,
    plan: 'as_it_runs',
    answer: (end) => result?.(end as ChildEnd) ?? ({} as Values<A>),
    handler(state, context) {
      const stream = processStream(context.processId);
      const child = processStream(context.id(context.idempotencyKey));
      const key = context.idempotencyKey.slice(stream.length + 1);
      const command = (): StartProcess => ({
        type: 'StartProcess',
        workflow,
        state: input(state, context),
        createdBy: context.actor,
        parent: { stream, key, rootProcessId: context.rootProcessId },
        time: context.now(),
      });
      return beginChild(context, child, 'none', command);
    },
  });
  return { ...node, child: true, subWorkflow: true };
}
