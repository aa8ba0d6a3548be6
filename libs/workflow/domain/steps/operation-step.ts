import type { TProperties } from 'typebox';
import type { Outcome } from '#kernel';
import {
  ASK_CHILD_OPERATION,
  ASK_TAKEN_BACK,
  childOperationPolicy,
  operationStream,
  type AdoptedResource,
  type CreateOperation,
  type DeprovisionOperation,
  type Need,
  type OperationResult,
  type OperationStatus,
  type Parent,
  type ProvisionedResource,
  type ResourceManifest,
} from '#provisioning/published';
import { DEFAULT_RETRY } from '#runtime';
import { processStream } from '../../published/index.js';
import type { StepNode } from '../node.js';
import type { StepContext } from '../step-context.js';
import type { StepPlan } from '../plan.types.js';
import type { Values } from '../wiring.types.js';
import { beginChild } from './begin-child.js';
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
 * finds it, a resume after a failure begins another. The child takes back what it made before it tells that it failed. It is aborted with the
 * process; what it provisioned is taken back when the step is undone.
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
    plan: (state, context) => planned(manifest(state, context), adopted?.(state, context), result),
    compensate: adopted === undefined ? takeBack : undefined,
    handler(state, context) {
      const child = operationStream(context.id(context.idempotencyKey));
      const command = (): CreateOperation => ({
        type: 'CreateOperation',
        manifest: manifest(state, context),
        ...(adopted && { adopted: adopted(state, context) }),
        parent: ownRequest(context),
        time: context.now(),
      });
      return beginChild(context, child, 'ABSENT', command);
    },
  });
  return { ...node, child: true, undoPollEffect: ASK_TAKEN_BACK };
}

/** By the operation that made it, so that it shows what has become of it, and tells it. */
async function takeBack(_: unknown, context: StepContext): Promise<Outcome> {
  const child = operationStream(context.id(context.undoes!));
  const tell = ownRequest(context);
  const command: DeprovisionOperation = { type: 'DeprovisionOperation', tell, time: context.now() };
  const { status } = await context.dispatch<{ status: OperationStatus }>(child, command, context.idempotencyKey);
  return status === 'DEPROVISIONED' ? { kind: 'done', result: {} } : { kind: 'accepted', location: child };
}

function ownRequest({ processId, idempotencyKey }: StepContext): Parent {
  const stream = processStream(processId);
  return { stream, key: idempotencyKey.slice(stream.length + 1) };
}

/** What a resource is called that is not there yet. */
const toBeMade = ({ id }: Need): ProvisionedResource => ({ id: `(known after run: ${id})`, address: {} });

function planned<A>(
  { needs }: ResourceManifest,
  adopted: Readonly<Record<string, AdoptedResource>> | undefined,
  result: (resources: OperationResult['resources']) => A,
): StepPlan<A> {
  const action = adopted === undefined ? 'provision' : 'deprovision';
  const effects = needs.map((need) => {
    const target = { need: need.id, parameters: need.parameters ?? {}, ...adopted?.[need.id] };
    return { system: need.type, action, target };
  });
  const resources = adopted === undefined ? needs.map((need) => [need.id, toBeMade(need)] as const) : [];
  try {
    return { effects, adds: result(Object.fromEntries(resources)) };
  } catch {
    // Not of what it is called, but of what only the other side can say.
    return { effects, unknown: 'what the resources add is known only when they are made' };
  }
}
