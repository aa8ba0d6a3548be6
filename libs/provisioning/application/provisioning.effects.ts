import type { Clock, ErasableVault, Outcome } from '#kernel';
import { idOf } from '#event-store';
import { fault, stepOf, type Dispatcher, type Effect, type EffectCall } from '#runtime';
import type { CallInput } from '../domain/operation.next.js';
import { askEffect, callEffect, FORGET_SECRET, NO_PROVISIONER } from '../domain/provisioner-terms.js';
import type { Provisioner, ProvisionerCall } from './provisioner.js';
import type { ProvisionerRegistry } from './provisioner-registry.js';
import { protectSecret, type SecretVault } from './protect-secret.js';
import { childEffects } from './child.effects.js';

export interface ProvisioningPorts {
  readonly vault: SecretVault & Pick<ErasableVault, 'remove'>;
  readonly clock: Clock;
  /** A function, because the dispatcher is made from these effects. */
  readonly dispatcher: () => Dispatcher;
}

/** Everything an operation does outside: a call and a question for each provisioner, the vault, the parent's message. */
export function provisioningEffects(registry: ProvisionerRegistry, ports: ProvisioningPorts): readonly Effect[] {
  const forget = async ({ input }: EffectCall): Promise<Outcome> => {
    await ports.vault.remove(String((input as { secretRef?: unknown }).secretRef));
    return { kind: 'done', result: {} };
  };
  return [
    ...registry.all().flatMap((provisioner) => effectsOf(provisioner, ports)),
    { name: NO_PROVISIONER, run: async ({ input }) => noProvisioner((input as CallInput).resource.type) },
    { name: FORGET_SECRET, run: forget },
    ...childEffects(ports),
  ];
}

const noProvisioner = (type: string): Outcome =>
  fault('refused', 'no_provisioner', `no provisioner is registered for resource type ${type}`);

function effectsOf(provisioner: Provisioner, { vault }: ProvisioningPorts): readonly Effect[] {
  const protect = (call: EffectCall, outcome: Outcome) => protectSecret(vault, call.stream, stepOf(call.key), outcome);
  const { type, concurrency } = provisioner;
  return [
    {
      name: callEffect(type),
      concurrency,
      run: async (call) => protect(call, await provisioner.call(callOf(call))),
    },
    {
      name: askEffect(type),
      concurrency,
      run: async (call) => protect(call, asked(await provisioner.ask?.(callOf(call)))),
    },
  ];
}

/** What is still in process has no news; what the other side does not know may be sent again. */
function asked(outcome: Outcome | 'absent' | undefined): Outcome {
  if (outcome === undefined || outcome === 'absent')
    return fault('unknown', 'request_absent', 'the provisioner does not know the request');
  return outcome.kind === 'accepted' ? { ...outcome, kind: 'pending' } : outcome;
}

function callOf(call: EffectCall): ProvisionerCall {
  const { idempotencyKey, attempt, signal, correlationId, traceparent, actor, tenant, callbackUrl, deadline } = call;
  const about = { idempotencyKey, attempt, signal, correlationId, traceparent, actor, tenant, callbackUrl, deadline };
  return { ...(call.input as CallInput), ...about, operationId: idOf(call.stream) };
}
