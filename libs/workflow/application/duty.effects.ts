import { idOf } from '#event-store';
import { isRefusal, type Outcome } from '#kernel';
import type { Effect, EffectCall } from '#runtime';
import { subscriptionStream, type ClaimSubscription, type ReleaseSubscription } from '#subscription/published';
import {
  CLAIM,
  CLAIM_EFFECT,
  FOLLOW_EFFECT,
  RELEASE,
  RELEASE_EFFECT,
  type Claimed,
  type ReleaseInput,
} from '../domain/duties.js';
import { send, type SendingPorts } from './sending.js';
import { uuidV5 } from './uuid-v5.js';

/** What a process owes beside its steps. They write to other streams of the same log, so few are under way at once. */
export function dutyEffects(ports: SendingPorts): readonly Effect[] {
  return [
    { name: CLAIM_EFFECT, run: (call) => claim(ports, call) },
    { name: RELEASE_EFFECT, run: (call) => release(ports, call) },
    { name: FOLLOW_EFFECT, run: () => Promise.resolve({ kind: 'pending' }) },
  ];
}

type ClaimInput = Omit<ClaimSubscription, 'type' | 'processId' | 'time'> & { readonly subscriptionId: string };

/** A reason to refuse is an answer, which ends the process; everything else is tried again. */
async function claim(ports: SendingPorts, call: EffectCall): Promise<Outcome> {
  const { subscriptionId, ...terms } = call.input as ClaimInput;
  const holder = { processId: idOf(call.stream), time: ports.clock.now() };
  const command: ClaimSubscription = { type: 'ClaimSubscription', ...terms, ...holder };
  try {
    await send(ports, call, CLAIM, subscriptionStream(subscriptionId), command, command.type);
    return { kind: 'done', result: {} };
  } catch (error) {
    if (!isRefusal(error) || error.status >= 500) throw error;
    const { code, message, status, extra: details } = error;
    return { kind: 'done', result: { refused: { code, message, status, details } } satisfies Claimed };
  }
}

async function release(ports: SendingPorts, call: EffectCall): Promise<Outcome> {
  const own = idOf(call.stream);
  const { subscriptionIds, created, holder: processId = own } = call.input as ReleaseInput;
  const all = new Set(created ? [...subscriptionIds, createdId(own)] : subscriptionIds);
  for (const id of all) {
    const command: ReleaseSubscription = { type: 'ReleaseSubscription', processId, time: ports.clock.now() };
    await send(ports, call, RELEASE, subscriptionStream(id), command, id).catch(unlessAbsent);
  }
  return { kind: 'done', result: {} };
}

/** Where a step that creates a subscription takes its id from: `context.id('subscription')`. */
const createdId = (processId: string): string => uuidV5(`${processId}/subscription`);

/** What never came to be is held by nobody. */
function unlessAbsent(error: unknown): void {
  if (!isRefusal(error) || error.code !== 'subscription_not_found') throw error;
}
