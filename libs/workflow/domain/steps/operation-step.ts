import type { TProperties } from 'typebox';
import {
  ASK_CHILD_OPERATION,
  childOperationPolicy,
  operationStream,
  type AdoptedResource,
  type CreateOperation,
  type OperationResult,
  type ResourceManifest,
} from '#provisioning/published';
import { DEFAULT_RETRY } from '#runtime';
import { processStream } from '../../published/index.js';
import type { StepNode } from '../node.js';
import type { StepContext } from '../step-context.js';
import type { Values } from '../wiring.types.js';
import { step, type StepSpec } from './step.js';

export interface OperationStepSpec<R extends TProperties, A extends TProperties, K extends string> extends Pick<
  StepSpec<R, A, K>,
  'key' | 'name' | 'reads' | 'adds'
> {
  /** What is needed; must depend on its arguments alone, so that a repeat asks for the same. */
  readonly manifest: (state: Values<R>, context: StepContext) => ResourceManifest;
  /** Resources by need that are only taken back; depends on its arguments alone too. Absent: what is needed is provisioned. */
  readonly adopted?: (state: Values<R>, context: StepContext) => Readonly<Record<string, AdoptedResource>>;
  /** What the resources, by need, add to the state. Pure. */
  readonly result: (resources: OperationResult['resources']) => Values<A>;
}

/**
 * A step that provisions, or takes back, through an operation of its own and waits for its end. The child's id follows from the request's key: a repeat
 * finds it, a resume after a failure begins another. The child takes back what it made before it tells that it failed.
 */
export function operationStep<const K extends string, R extends TProperties = {}, A extends TProperties = {}>(
  spec: OperationStepSpec<R, A, K>,
): StepNode<Values<R>, Values<A>, K> {
  const { key, name, reads, adds, manifest, adopted, result } = spec;
  const node = step<K, R, A>({
    key,
    name,
    reads,
    adds,
    policy: childOperationPolicy(DEFAULT_RETRY),
    pollEffect: ASK_CHILD_OPERATION,
    answer: (told) => result((told as OperationResult).resources),
    async handler(state, context) {
      const stream = processStream(context.processId);
      const child = operationStream(context.id(context.idempotencyKey));
      const command: CreateOperation = {
        type: 'CreateOperation',
        manifest: manifest(state, context),
        ...(adopted && { adopted: adopted(state, context) }),
        parent: { stream, key: context.idempotencyKey.slice(stream.length + 1) },
        time: context.now(),
      };
      await context.dispatch(child, command, context.idempotencyKey);
      return { kind: 'accepted', location: child };
    },
  });
  return { ...node, child: true };
}
