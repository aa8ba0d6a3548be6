import type { Outcome, Vault } from '#kernel';

/**
 * What may be recorded of an outcome: of a resource its id, address and a vault reference, of a removal nothing. The secret is in the
 * vault before anything is decided, under a name of the operation's own; a reference that comes from outside is not believed.
 */
export async function protectSecret(
  vault: Pick<Vault, 'put'>,
  stream: string,
  step: string,
  outcome: Outcome,
): Promise<Outcome> {
  if (outcome.kind !== 'done') return outcome;
  if (!step.endsWith('/provision')) return { kind: 'done', result: {} };
  const { id, address, secret } = (outcome.result ?? {}) as Readonly<Record<string, unknown>>;
  const secretRef =
    secret === undefined || secret === null ? undefined : await vault.put(`${stream}/${step}`, text(secret));
  return {
    kind: 'done',
    result: {
      ...(id !== undefined && { id }),
      ...(address !== undefined && { address }),
      ...(secretRef && { secretRef }),
    },
  };
}

const text = (secret: unknown): string => (typeof secret === 'string' ? secret : JSON.stringify(secret));
