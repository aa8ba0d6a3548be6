import type { TProperties } from 'typebox';
import type { ExistingSubscription } from '#subscription';
import type { Lifecycle } from '#subscription/published';
import { step, type StepContext, type StepNode, type Values } from '#workflow';
import { asLoaded, loaded } from './loaded.js';
import { send } from './send.js';
import { tellUsed } from './uses.js';
import { id } from './steps.js';

/** By block attribute. */
type BlockValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Id = typeof id;

/** What a step writes down about the subscription, in this order. All may depend on the state, and on nothing else. */
export interface Recording<R extends TProperties> {
  readonly reads?: R;
  readonly values?: (state: Values<R>) => BlockValues;
  readonly description?: (state: Values<R>) => string;
  readonly status?: Lifecycle;
  /** Keys of the states of its processes under which they name the subscriptions whose use they reserve. */
  readonly reserved?: readonly string[];
}
interface RecordSpec<K extends string, R extends TProperties, B extends TProperties> extends Recording<R> {
  readonly key: K;
  readonly name: string;
  /** What the subscription's blocks are known to hold behind this step. */
  readonly blocks?: B;
}
type RecordNode<K extends string, R extends TProperties, B extends TProperties> = StepNode<
  Values<Id & R>,
  Values<{ subscription: ReturnType<typeof loaded<B>> }>,
  K
>;

/** A step that changes what is recorded, and nothing outside. The subscription as it is then replaces the one in the state. */
export function recordStep<const K extends string, R extends TProperties = {}, B extends TProperties = {}>(
  spec: RecordSpec<K, R, B>,
): RecordNode<K, R, B> {
  const { key, name, reads, blocks } = spec;
  return step({
    key,
    name,
    reads: { ...id, ...reads },
    adds: { subscription: loaded(blocks ?? {}) },
    async handler(state, context) {
      const { subscription_id } = state;
      const recorded = await record(spec, subscription_id, state as Values<R>, context);
      return { subscription: asLoaded(subscription_id, recorded) };
    },
    plan: 'as_it_runs',
  }) as unknown as RecordNode<K, R, B>;
}

async function record<R extends TProperties>(
  { values, description, status, reserved }: Recording<R>,
  subscriptionId: string,
  state: Values<R>,
  context: StepContext,
): Promise<ExistingSubscription> {
  const about = { processId: context.processId, time: context.now() };
  let recorded: ExistingSubscription | undefined;
  for (const [block, changed] of Object.entries(values?.(state) ?? {})) {
    const command = { type: 'SetValues', block, values: changed, ...about } as const;
    recorded = await send(context, subscriptionId, command, `SetValues ${block}`);
  }
  const text = description?.(state);
  if (text !== undefined)
    recorded = await send(context, subscriptionId, { type: 'SetDescription', description: text, ...about });
  if (status !== undefined) recorded = await send(context, subscriptionId, { type: 'SetStatus', status, ...about });
  if (recorded !== undefined && status !== undefined) await tellUsed(context, subscriptionId, recorded, reserved);
  if (recorded === undefined) throw new Error(`a step records nothing about subscription ${subscriptionId}`);
  return recorded;
}

/** Moves the subscription to a lifecycle state; what that state asks for can be recorded with it. */
export const setStatus = <R extends TProperties = {}>(
  status: Lifecycle,
  recording: Omit<Recording<R>, 'status'> = {},
) => recordStep({ key: 'set_status', name: nameOf(status), status, ...recording });

/** The same inside a workflow, where there may be several: the key names the state. */
export const moveTo = <const S extends Lifecycle>(status: S) =>
  recordStep({ key: `set_status_${status}`, name: nameOf(status), status });

const nameOf = (status: Lifecycle): string => `Set subscription to '${status}'`;
