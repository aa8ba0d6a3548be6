import { canonical, type ErasableVault, type Outcome } from '#kernel';
import { cutOutcome, type Request } from '#runtime';
import { mayNote } from '../domain/answers.js';
import { requestAt, type OperationState } from '../domain/operation.state.js';
import { LARGEST_RESOURCE, type ProvisionedResource } from '../published/index.js';
import { withoutSecrets } from './redact.js';

export type SecretVault = Pick<ErasableVault, 'put' | 'versions' | 'discard'>;

/** Stands in the record for the secret of an answer that nobody can accept any more. */
export const NOT_KEPT = 'not-kept';

/**
 * What may be recorded of an outcome: of a resource its id, address and a vault reference, of a removal nothing, of everything else no
 * secret that is known of the need. The secret is in the vault before anything is decided, under a name of the operation's own; a
 * reference that comes from outside is not believed. The state, where it can be loaded, tells whether the answer can still be of use: otherwise
 * its secret is not stored at all.
 */
export async function protectSecret(
  vault: SecretVault,
  stream: string,
  step: string,
  outcome: Outcome,
  load?: () => Promise<OperationState>,
): Promise<Outcome> {
  const name = secretName(stream, step);
  if (outcome.kind !== 'done') return withoutSecrets(vault, name, outcome);
  if (!step.endsWith('/provision')) return { kind: 'done', result: {} };
  const { id, address, secret } = (outcome.result ?? {}) as Readonly<Record<string, unknown>>;
  const plain = { ...(id !== undefined && { id }), ...(address !== undefined && { address }) };
  const made: Outcome = { kind: 'done', result: plain };
  if (JSON.stringify(plain).length > LARGEST_RESOURCE) return withoutSecrets(vault, name, cutOutcome(made));
  if (secret === undefined || secret === null) return made;
  const text = typeof secret === 'string' ? secret : canonical(secret);
  const state = await load?.();
  const secretRef = isOfUse(state, step)
    ? await vault.put(name, text)
    : await referenceTo(vault, name, text, state && requestIn(state, step));
  return { kind: 'done', result: { ...plain, secretRef } };
}

/**
 * To be called with the state after the decision: two answers that came at the same time can both have been of use when their secrets
 * were stored. A need that is met is met for ever, so that what did not win can be nobody's; what won is never touched.
 */
export async function discardRefused(
  vault: SecretVault,
  step: string,
  outcome: Outcome,
  state: OperationState,
): Promise<void> {
  const request = requestIn(state, step);
  if (outcome.kind !== 'done' || request?.status !== 'done') return;
  const { secretRef } = (outcome.result ?? {}) as ProvisionedResource;
  if (secretRef === undefined || secretRef === NOT_KEPT || secretRef === recordedIn(request)) return;
  await vault.discard(secretRef);
}

const secretName = (stream: string, step: string): string =>
  `${stream}/${step.slice(0, Math.max(step.lastIndexOf('/'), 0))}/provision`;

/** Its request is open, or failed and an operator could accept it. */
function isOfUse(state: OperationState | undefined, step: string): boolean {
  if (state === undefined || state.status === 'ABSENT') return state === undefined;
  const request = requestAt(state, step);
  return request !== undefined && request.status !== 'done' && mayNote(state);
}

const requestIn = (state: OperationState, step: string): Request | undefined =>
  state.status === 'ABSENT' ? undefined : requestAt(state, step);

/** How the secret of a repeated or refused answer is called; nothing is stored, and what a crash left of it goes. */
async function referenceTo(vault: SecretVault, name: string, text: string, request: Request | undefined) {
  if (request?.status !== 'done') return NOT_KEPT;
  const recorded = recordedIn(request);
  const known = await vault.versions(name);
  const same = known.find(({ secret }) => secret === text)?.reference;
  // One that was forgotten with its resource cannot be compared any more: what else the answer says decides.
  const forgotten = known.every(({ reference }) => reference !== recorded);
  if (recorded !== undefined && (same === recorded || forgotten)) return recorded;
  if (same !== undefined) await vault.discard(same);
  return NOT_KEPT;
}

const recordedIn = (request: Request & { readonly status: 'done' }): string | undefined =>
  (request.result as ProvisionedResource | undefined)?.secretRef;
