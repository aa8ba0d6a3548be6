import { idOf } from '#event-store';
import { isRefusal, type Outcome } from '#kernel';
import { fault, type Effect, type EffectCall } from '#runtime';
import {
  LIFECYCLE,
  subscriptionStream,
  type ClaimSubscription,
  type ReleaseSubscription,
} from '#subscription/published';
import {
  CLAIM,
  CLAIM_EFFECT,
  FOLLOW_EFFECT,
  RECLAIM_EFFECT,
  RELEASE_EFFECT,
  type Claimed,
  type ReclaimInput,
  type ReleaseInput,
} from '../domain/duties.js';
import { reclaimAt, releaseAt } from '../domain/turns.js';
import { send, type SendingPorts } from './sending.js';
import { derivedId } from './derived-id.js';

/** What a process owes beside its steps. They write to other streams of the same log, so few are under way at once. */
export function dutyEffects(ports: SendingPorts): readonly Effect[] {
  return [
    { name: CLAIM_EFFECT, run: (call) => claim(ports, call) },
    { name: RECLAIM_EFFECT, run: (call) => reclaim(ports, call) },
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
  const { ids, processId, turn } = heldOf(call);
  for (const id of ids) {
    const command: ReleaseSubscription = { type: 'ReleaseSubscription', processId, turn, time: ports.clock.now() };
    await send(ports, call, releaseAt(turn), subscriptionStream(id), command, id).catch(unlessAbsent);
  }
  return { kind: 'done', result: {} };
}

/** Whatever state it is in: what is undone was done on it. While another process holds it this is tried again. */
async function reclaim(ports: SendingPorts, call: EffectCall): Promise<Outcome> {
  const { workflow, target, isTask } = call.input as ReclaimInput;
  const { ids, processId, turn } = heldOf(call);
  const terms = { usableWhen: LIFECYCLE, outOfSyncAllowed: true, blockedByUsers: false, workflow, target, isTask };
  for (const id of ids) {
    const about = { ...terms, processId, turn, time: ports.clock.now() };
    const command: ClaimSubscription = { type: 'ClaimSubscription', ...about };
    try {
      await send(ports, call, reclaimAt(turn), subscriptionStream(id), command, id).catch(unlessAbsent);
    } catch (error) {
      if (isRefusal(error) && error.code === 'subscription_claimed')
        return fault('retryable', error.code, `${error.message}: ${id}`);
      throw error;
    }
  }
  return { kind: 'done', result: {} };
}

function heldOf({ stream, input }: EffectCall) {
  const own = idOf(stream);
  const { subscriptionIds, created, holder: processId = own, turn = 1 } = input as ReleaseInput;
  return { ids: new Set(created ? [...subscriptionIds, createdId(own)] : subscriptionIds), processId, turn };
}

/** Where a step that creates a subscription takes its id from: `context.id('subscription')`. */
const createdId = (processId: string): string => derivedId(`${processId}/subscription`);

/** What never came to be is held by nobody. */
function unlessAbsent(error: unknown): void {
  if (!isRefusal(error) || error.code !== 'subscription_not_found') throw error;
}
