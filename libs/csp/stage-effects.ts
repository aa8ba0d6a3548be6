import type { Outcome } from '#kernel';
import { isReference, namesIn, pick, secretPaths, type Stage, type StageCall } from '#portfolio';
import { uuidV5 } from '#platform';
import type { Effect, EffectCall } from '#runtime';
import { CallSender } from './call-sender.js';
import type { CspTarget, Values } from './csp-target.js';
import { conceal, secretsOf } from './conceal.js';
import { beginOperation, pollOperation } from './operation.js';

/** What an effect of a stage works with: the payload as frozen, and with its secrets resolved. */
interface Attempt {
  readonly stage: Stage;
  readonly call: EffectCall;
  readonly frozen: Values;
  readonly values: Values;
  /** In clear, so that nothing the CSP says of a failure repeats them. */
  readonly secrets: readonly string[];
  readonly sender: CallSender;
}

/** The effects of a stage: the one that makes its calls, and for stages that are polled the one that asks. */
export function stageEffects(stage: Stage, target: CspTarget): readonly Effect[] {
  const { attemptMs } = target;
  const run = async (call: EffectCall) => perform(await begin(stage, target, call), target);
  const ask = async (call: EffectCall) => {
    const attempt = await begin(stage, target, call);
    return concluded(attempt, target, await pollOperation(stage, attempt.sender, attempt.values));
  };
  const poll = stage.pollEffect === undefined ? [] : [{ name: stage.pollEffect, attemptMs, run: ask }];
  return [{ name: stage.effect, attemptMs, run }, ...poll];
}

async function begin(stage: Stage, target: CspTarget, call: EffectCall): Promise<Attempt> {
  const frozen = call.input as Values;
  const secrets = await secretsOf(stage, frozen, target.vault);
  const values = {
    ...frozen,
    ...secrets,
    request_id: uuidV5(call.idempotencyKey),
    callback_url: stage.policy.completion.kind === 'callback' ? call.callbackUrl : undefined,
    deadline: call.deadline === undefined ? undefined : new Date(call.deadline).toISOString(),
  };
  return { stage, call, frozen, values, secrets: Object.values(secrets), sender: new CallSender(target, call) };
}

async function perform(attempt: Attempt, target: CspTarget): Promise<Outcome> {
  const { stage, frozen } = attempt;
  if (stage.awaits) return beginOperation(stage, stage.awaits, frozen);
  const outcome = await makeCalls(attempt);
  if (outcome.kind === 'accepted' && stage.begins) {
    const { url, retryAfter } = stage.begins;
    const seconds = outcome.retryAfterMs === undefined ? undefined : outcome.retryAfterMs / 1_000;
    const taken = { [url]: outcome.location, ...(seconds !== undefined && { [retryAfter]: seconds }) };
    return concluded(attempt, target, { kind: 'done', result: taken });
  }
  return concluded(attempt, target, outcome);
}

/** One after the other; the answer is what all of them took. The first failure ends it, but for what is always to be made. */
async function makeCalls({ stage, values, sender }: Attempt): Promise<Outcome> {
  let known = values;
  let taken: Values = {};
  let failed: Outcome | undefined;
  for (const call of stage.calls ?? []) {
    if ((failed && !call.always) || isNeedless(stage, call, known)) continue;
    const outcome = passing(call, await sender.send(call, known));
    if (outcome.kind === 'accepted') return outcome;
    if (outcome.kind !== 'done') failed ??= tolerated(call, outcome) ? undefined : outcome;
    else {
      taken = { ...taken, ...takenFrom(call, outcome.result) };
      known = { ...known, ...taken };
    }
  }
  return failed ?? { kind: 'done', result: taken };
}

function isNeedless({ lenient }: Stage, call: StageCall, known: Values): boolean {
  const { unless, when } = call;
  if (unless !== undefined && known[unless] !== undefined) return true;
  if (when !== undefined && known[when] === undefined) return true;
  return lenient === true && namesIn(call).some((name) => known[name] === undefined);
}

function passing({ again = [] }: StageCall, outcome: Outcome): Outcome {
  if (outcome.kind !== 'failed' || !again.includes(outcome.failure.code)) return outcome;
  return { kind: 'failed', failure: { ...outcome.failure, kind: 'retryable' } };
}

function tolerated({ tolerate = [] }: StageCall, outcome: Outcome): boolean {
  if (outcome.kind !== 'failed' || outcome.failure.kind !== 'refused') return false;
  const { code, status } = outcome.failure;
  return tolerate.includes(code) || tolerate.includes(String(status));
}

function takenFrom({ find, take = {} }: StageCall, answer: unknown): Values {
  if (find === undefined) return pick(answer, take);
  const list = pick(answer, { list: find.in })['list'];
  const fits = (item: unknown) =>
    Object.entries(find.where).every(([path, wanted]) => pick(item, { here: path })['here'] === wanted);
  return pick(Array.isArray(list) ? list.find(fits) : undefined, take);
}

/** The result's own fields only, with what the payload gives to it; secrets stay behind in the vault. */
async function concluded(
  { stage, call, frozen, secrets }: Attempt,
  { vault }: CspTarget,
  outcome: Outcome,
): Promise<Outcome> {
  if (outcome.kind !== 'done') return conceal(outcome, secrets, frozen);
  const known: Values = { ...pick(frozen, same(stage.keeps ?? [])), ...(outcome.result as Values) };
  const result: Record<string, unknown> = pick(known, same(Object.keys(stage.result.properties)));
  for (const field of secretPaths(stage.result)) {
    const secret = result[field];
    if (typeof secret === 'string' && !isReference(secret))
      result[field] = await vault.put(`${call.stream}/${call.key}/${field}`, secret);
  }
  return { kind: 'done', result };
}

const same = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
