import type { Outcome } from '#kernel';

const HIDDEN = '[secret]';

/**
 * The outcome without the secrets that the request carried: a CSP that refuses a password may repeat it, and what it says is recorded
 * and shown. Only words of failures: of results, the fields that a stage declares are taken and nothing else.
 */
export function conceal(outcome: Outcome, secrets: readonly string[]): Outcome {
  if (outcome.kind !== 'failed') return outcome;
  const { failure } = outcome;
  const hide = (text: string): string =>
    secrets.filter((secret) => secret !== '').reduce((said, secret) => said.replaceAll(secret, HIDDEN), text);
  return { kind: 'failed', failure: { ...failure, code: hide(failure.code), message: hide(failure.message) } };
}
