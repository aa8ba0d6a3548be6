import type { Driving, Outcome } from '#kernel';
import { uuidV5 } from '#platform';
import type { Dispatched } from '#runtime';
import type { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { withPatience } from '../http/patience.js';

export interface CallbackTarget {
  readonly stream: string;
  /** Of the request. */
  readonly key: string;
  /** What a repeat is recognised by. */
  readonly callbackId: string;
}

/** Attempt 0: the other side answers the request, whichever attempt brought it there. */
export function decideCallback(
  { clock, ids, runtime }: Pick<Parts, 'clock' | 'ids' | 'runtime'>,
  { stream, key, callbackId }: CallbackTarget,
  outcome: Outcome,
  { actor, tenant, correlationId, traceparent }: Caller,
): Promise<Dispatched> {
  const said = { type: 'Outcome', key, attempt: 0, outcome, via: 'callback', callbackId } as const;
  const command: Driving = { ...said, time: clock.now(), jitter: ids.random() };
  const commandId = uuidV5(JSON.stringify(['callback', stream, key, callbackId]));
  const context = { commandId, correlationId, causationId: callbackId, actor, tenant, traceparent };
  return withPatience(clock, commandId, runtime.dispatch(stream, command, context, 'callback'));
}
