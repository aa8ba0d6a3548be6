import type { Outcome } from '#kernel';
import { at, pick, type Stage } from '#portfolio';
import { fault, parseJson } from '#runtime';
import { classify, type Answer } from './classify-answer.js';
import type { Values } from './csp-target.js';
import type { CallSender } from './call-sender.js';

/**
 * Takes over an operation that an earlier stage began: it is asked after as long as the CSP wanted. Where that stage was answered in
 * full (200 instead of 202), there is no address and the payload holds the result.
 */
export function beginOperation(stage: Stage, awaits: NonNullable<Stage['awaits']>, payload: Values): Outcome {
  const location = payload[awaits.url];
  if (typeof location === 'string')
    return { kind: 'accepted', location, retryAfterMs: 1_000 * Number(payload[awaits.retryAfter] ?? 0) };
  const own = Object.keys(stage.result.properties);
  return { kind: 'done', result: pick(payload, Object.fromEntries(own.map((field) => [field, field]))) };
}

/** Asks how an operation stands, the one client for all of them (ARM: asynchronous operations). */
export async function pollOperation(stage: Stage, sender: CallSender, values: Values): Promise<Outcome> {
  const [call] = stage.calls ?? [];
  const { token, take = {} } = stage.awaits ?? call ?? {};
  const { location } = values as { readonly location?: string };
  const outcome = await (location && sender.read(location, token, values, { classify: classifyPoll }));
  if (!outcome) return fault('refused', 'no_location', 'the CSP named no location of its own to ask');
  if (outcome.kind === 'accepted') return { ...outcome, kind: 'pending' };
  if (outcome.kind !== 'done') return outcome;
  const isResource = call?.method !== 'PUT' || at(outcome.result, 'properties') !== undefined;
  const final = isResource ? outcome : await sender.send({ ...call, method: 'GET', body: undefined }, values);
  return final.kind === 'done' ? { kind: 'done', result: pick(final.result, take) } : final;
}

/** `status` of an operation, or `properties.provisioningState` of a resource: neither terminal means that it goes on. */
function classifyPoll(answer: Answer, url: string, now: number): Outcome {
  const outcome = classify(answer, url, now);
  if (outcome.kind !== 'done') return outcome;
  const state = at(outcome.result, 'status') ?? at(outcome.result, 'properties.provisioningState');
  if (state === undefined || state === 'Succeeded') return outcome;
  if (state !== 'Failed' && state !== 'Canceled') return classify({ ...answer, status: 202 }, url, now);
  const { code, message } = (at(parseJson(answer.text ?? ''), 'error') ?? {}) as { code?: string; message?: string };
  const { status } = answer;
  return fault('refused', code ?? String(state), message ?? `the operation ended ${String(state)}`, { status });
}
