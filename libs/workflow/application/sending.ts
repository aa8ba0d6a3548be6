import type { Clock } from '#kernel';
import type { Dispatcher, EffectCall } from '#runtime';
import { derivedId } from './derived-id.js';

export interface SendingPorts {
  /** A function, because the dispatcher is made from these effects. */
  readonly dispatcher: () => Dispatcher;
  readonly clock: Clock;
}

/** Sends a command to another stream; its id derives from instance, step and purpose (law 10), so that a repeat is silence. */
export async function send<S>(
  { dispatcher }: SendingPorts,
  call: EffectCall,
  step: string,
  stream: string,
  command: { readonly type: string },
  purpose: string,
): Promise<S> {
  const { correlationId, actor, tenant, traceparent, idempotencyKey } = call;
  const commandId = derivedId(`${call.stream}/${step}/${purpose}`);
  const context = { commandId, correlationId, causationId: idempotencyKey, actor, tenant, traceparent };
  return (await dispatcher().dispatch<S>(stream, command, context, 'machine')).state;
}
