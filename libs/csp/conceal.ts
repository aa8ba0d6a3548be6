import type { Outcome } from '#kernel';

const HIDDEN = '[secret]';
const PERSONAL = '[personal]';
/** A shorter value would be found in any text. */
const LEAST_LETTERS = 3;

/**
 * The outcome without the secrets and the personal values that the request carried: a CSP that refuses a password or a name may repeat it, and
 * what it says is recorded and shown, and not forgotten with the person. Only words of failures: of results, the fields that a stage declares
 * are taken and nothing else. A personal value is hidden where it stands as a word.
 */
export function conceal(outcome: Outcome, secrets: readonly string[], personal: readonly string[] = []): Outcome {
  if (outcome.kind !== 'failed') return outcome;
  const { failure } = outcome;
  const hide = (text: string): string =>
    secrets.filter((secret) => secret !== '').reduce((said, secret) => said.replaceAll(secret, HIDDEN), text);
  // A longer value may have a shorter one in it.
  const values = personal.filter(({ length }) => length >= LEAST_LETTERS).sort((a, b) => b.length - a.length);
  const message = values.map(asWord).reduce((said, word) => said.replaceAll(word, PERSONAL), hide(failure.message));
  return { kind: 'failed', failure: { ...failure, code: hide(failure.code), message } };
}

const asWord = (value: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${value.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'giu');
