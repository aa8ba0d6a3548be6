import type { Outcome, Vault } from '#kernel';
import { pick, secretPaths, type Stage } from '#portfolio';
import { fault, sameOrigin, type Effect, type EffectCall } from '#runtime';
import { conceal } from './conceal.js';
import type { HttpClient } from './http-client.js';

export interface StageTarget {
  readonly client: HttpClient;
  readonly vault: Vault;
  /** Absolute address the stage's request goes to. */
  readonly url: string;
}

/** The effect of a stage that is one POST: payload under its wire names, secrets resolved at the last moment, answer mapped back. */
export function postEffect(stage: Stage, { client, vault, url }: StageTarget): Effect {
  return {
    name: stage.effect,
    async run(call) {
      const { payload, secrets } = await resolveSecrets(stage, call.input as Record<string, unknown>, vault);
      const outcome = await client.send({
        method: 'POST',
        url,
        headers: headersOf(call),
        body: { ...wireNames(stage, payload), ...callbackFields(stage, call) },
        signal: call.signal,
      });
      return conceal(mapped(stage, outcome), secrets);
    },
  };
}

/** The effect that asks a long-running operation how it stands (ARM: `status` Succeeded, Failed or Canceled ends it). */
export function pollEffect(stage: Stage, { client, vault, url }: StageTarget): Effect {
  return {
    name: stage.pollEffect ?? `${stage.effect}.poll`,
    async run(call) {
      const { location } = call.input as { readonly location?: string };
      const target = location === undefined ? undefined : sameOrigin(location, url);
      if (target === undefined) return fault('refused', 'no_location', 'the CSP named no location of its own to ask');
      const headers = { ...(call.traceparent !== undefined && { traceparent: call.traceparent }) };
      const outcome = await client.send({ method: 'GET', url: target, headers, signal: call.signal });
      const said = polled(stage, outcome);
      // What it says of a failure may repeat what it was sent in the beginning.
      if (said.kind !== 'failed') return said;
      return conceal(said, (await resolveSecrets(stage, call.input as Record<string, unknown>, vault)).secrets);
    },
  };
}

function polled(stage: Stage, outcome: Outcome): Outcome {
  if (outcome.kind === 'accepted') return { ...outcome, kind: 'pending' };
  if (outcome.kind !== 'done') return outcome;
  const { status, error } = outcome.result as { status?: unknown; error?: { code?: string; message?: string } };
  if (status === 'Failed' || status === 'Canceled')
    return fault('refused', error?.code ?? String(status), error?.message ?? `the operation ended ${status}`);
  if (status !== undefined && status !== 'Succeeded') return { kind: 'pending' };
  return mapped(stage, outcome);
}

const headersOf = (call: EffectCall): Record<string, string> => ({
  'idempotency-key': call.idempotencyKey,
  'x-attempt': String(call.attempt),
  'x-correlation-id': call.correlationId,
  ...(call.traceparent !== undefined && { traceparent: call.traceparent }),
});

const callbackFields = (stage: Stage, call: EffectCall): object =>
  stage.policy.completion.kind === 'callback'
    ? {
        callbackUrl: call.callbackUrl,
        ...(call.deadline !== undefined && { deadline: new Date(call.deadline).toISOString() }),
      }
    : {};

function mapped(stage: Stage, outcome: Outcome): Outcome {
  if (outcome.kind !== 'done' || stage.wire === undefined) return outcome;
  return { kind: 'done', result: pick(outcome.result, stage.wire.result) };
}

/** Top-level secret fields only: a stage's payload is flat where it is secret. */
async function resolveSecrets(stage: Stage, payload: Record<string, unknown>, vault: Vault) {
  const secrets = secretPaths(stage.payload.schema).filter((name) => typeof payload[name] === 'string');
  const values = await Promise.all(
    secrets.map(async (name) => [name, await vault.get(String(payload[name]))] as const),
  );
  return { payload: { ...payload, ...Object.fromEntries(values) }, secrets: values.map(([, secret]) => secret) };
}

/** Wire names by the stage's map; names inside a field become camelCase. */
function wireNames(stage: Stage, payload: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(payload).map(([field, value]) => [
    stage.wire?.payload[field] ?? camelCase(field),
    camelCased(value),
  ]);
  return Object.fromEntries(entries) as object;
}

const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_all, next: string) => next.toUpperCase());

function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camelCase(name), camelCased(inner)]));
}
