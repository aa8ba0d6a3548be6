import type { TProperties } from 'typebox';
import { workflow, type Node, type Values, type Wired, type WorkflowDefinition, type WorkflowMeta } from '#workflow';
import { lockForRepair, unlockRepaired, unlockUnlessDrifted } from './drift.js';
import type { loaded } from './loaded.js';
import { setStatus, type Recording } from './record.js';
import { done, id, init, resync, storeProcessSubscription, unsync } from './steps.js';

/** A workflow without what its kind says. `input`: what the form gives beside the subscription. */
type Meta<I extends TProperties> = Omit<WorkflowMeta<I>, 'target' | 'isTask'>;
/** `blocks`: what the subscription's blocks hold in the states in which it may start. */
interface OnSubscription<I extends TProperties, B extends TProperties> extends Meta<I> {
  readonly blocks: B;
}
type Have<I extends TProperties, B extends TProperties> = Values<
  I & typeof id & { subscription: ReturnType<typeof loaded<B>> }
>;
type Steps = readonly Node[];

/** Start / ... / Set subscription to 'active' / Unlock subscription / Done. `activation`: what is recorded with becoming active. */
export function createWorkflow<const S extends Steps, I extends TProperties = {}, R extends TProperties = {}>(
  { activation, ...meta }: Meta<I> & { readonly activation?: Omit<Recording<R>, 'status'> },
  steps: S & Wired<readonly [...S, ReturnType<typeof setStatus<R>>], Values<I>>,
): WorkflowDefinition {
  return built({ ...meta, target: 'CREATE' }, [init, ...steps, setStatus('active', activation), resync, done]);
}

/** Start / Create Process Subscription relation / Lock subscription / ... / Unlock subscription / Done. */
export function modifyWorkflow<const S extends Steps, B extends TProperties, I extends TProperties = {}>(
  { blocks, ...meta }: OnSubscription<I, B>,
  steps: S & Wired<S, Have<I, B>>,
): WorkflowDefinition {
  const before = [init, storeProcessSubscription(blocks), unsync];
  return built({ ...onOne(meta), target: 'MODIFY' }, [...before, ...steps, resync, done]);
}

/** Start / relation / Lock / ... / Set subscription to 'terminated' / Unlock / Done. No form input enters the state. */
export function terminateWorkflow<const S extends Steps, B extends TProperties>(
  { blocks, reserved, ...meta }: OnSubscription<{}, B> & Pick<Recording<{}>, 'reserved'>,
  steps: S & Wired<S, Have<{}, B>>,
): WorkflowDefinition {
  const before = [init, storeProcessSubscription(blocks), unsync];
  return built({ ...onOne(meta), target: 'TERMINATE' }, [
    ...before,
    ...steps,
    setStatus('terminated', { reserved }),
    resync,
    done,
  ]);
}

/** Start / relation / Lock / ... / Unlock / Done, as a task. The steps add `drift`; what they find stays out of sync. */
export function validateWorkflow<const S extends Steps, B extends TProperties>(
  { blocks, ...meta }: OnSubscription<{}, B>,
  steps: S & Wired<readonly [...S, typeof unlockUnlessDrifted], Have<{}, B>>,
): WorkflowDefinition {
  const before = [init, storeProcessSubscription(blocks), unsync];
  const definition = { ...onOne(meta), target: 'VALIDATE', isTask: true } as const;
  return built(definition, [...before, ...steps, unlockUnlessDrifted, done]);
}

/** Start / relation / Lock / ... / Unlock / Done. The steps add `external_changes`, and record nothing about the subscription. */
export function reconcileWorkflow<const S extends Steps, B extends TProperties>(
  { blocks, ...meta }: OnSubscription<{}, B>,
  steps: S & Wired<readonly [typeof lockForRepair, ...S, typeof unlockRepaired], Have<{}, B>>,
): WorkflowDefinition {
  const before = [init, storeProcessSubscription(blocks), lockForRepair];
  return built({ ...onOne(meta), target: 'RECONCILE' }, [...before, ...steps, unlockRepaired, done]);
}

const onOne = <M extends Meta<TProperties>>(meta: M) => ({ ...meta, input: { ...meta.input, ...id } });

/** The wiring was checked where the author's steps were given. */
const built = (meta: WorkflowMeta, steps: Steps): WorkflowDefinition => workflow(meta, steps as never);
