import type { Outcome, Vault } from '#kernel';
import { at, PERSONAL_FIELDS, secretPaths, type Stage } from '#portfolio';
import type { Values } from './csp-target.js';

const HIDDEN = '[secret]';
const PERSONAL = '[personal]';
/** A shorter value would be found in any text. */
const LEAST_LETTERS = 3;

/**
 * The outcome without the secrets and the payload's personal values that the request carried: a CSP that refuses a password or a name may repeat
 * it, and what it says is recorded and shown, and not forgotten with the person. Only words of failures: of results, the fields that a stage declares
 * are taken and nothing else. A personal value is hidden where it stands as a word.
 */
export function conceal(outcome: Outcome, secrets: readonly string[], payload: Values = {}): Outcome {
  if (outcome.kind !== 'failed') return outcome;
  const { failure } = outcome;
  const hide = (text: string): string =>
    secrets.filter((secret) => secret !== '').reduce((said, secret) => said.replaceAll(secret, HIDDEN), text);
  // A longer value may have a shorter one in it.
  const values = personalOf(payload)
    .filter(({ length }) => length >= LEAST_LETTERS)
    .sort((a, b) => b.length - a.length);
  const message = values.map(asWord).reduce((said, word) => said.replaceAll(word, PERSONAL), hide(failure.message));
  return { kind: 'failed', failure: { ...failure, code: hide(failure.code), message } };
}

/**
 * What is told of a stage's request later, by callback, likewise. The words are dropped where a secret of the request is there no more. Rejects
 * with any other fault of the vault, also where it is damaged: it is mended from a backup, and the callback is sent again until then, while
 * words that were dropped are lost.
 */
export async function concealTold(
  outcome: Outcome,
  stage: Stage,
  payload: Values,
  vault: Pick<Vault, 'get'>,
): Promise<Outcome> {
  if (outcome.kind !== 'failed') return outcome;
  const secrets = await secretsOf(stage, payload, vault).catch(unlessGone);
  if (secrets !== undefined) return conceal(outcome, Object.values(secrets), payload);
  return { kind: 'failed', failure: { ...outcome.failure, code: HIDDEN, message: HIDDEN } };
}

function unlessGone(error: { readonly code?: unknown }): undefined {
  if (error.code !== 'vault_not_found') throw error;
}

/** In clear, by field. Top-level secret fields only: a stage's payload is flat where it is secret. Rejects when one is not in the vault. */
export async function secretsOf(
  { payload: { schema } }: Stage,
  payload: Values,
  vault: Pick<Vault, 'get'>,
): Promise<Readonly<Record<string, string>>> {
  const names = secretPaths(schema).filter((name) => typeof payload[name] === 'string');
  const values = await Promise.all(names.map(async (name) => [name, await vault.get(String(payload[name]))] as const));
  return Object.fromEntries(values);
}

const personalOf = (payload: Values): readonly string[] =>
  PERSONAL_FIELDS.map((path) => at(payload, path)).filter((value) => typeof value === 'string');

const asWord = (value: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${value.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'giu');
