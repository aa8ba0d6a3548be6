import type { ErasableVault, Outcome } from '#kernel';

/** Longest progress that is kept, in characters as JSON. */
const PROGRESS = 4_096;
/** Shorter values are found in too many texts that do not mean them. */
const SHORTEST = 6;
const INSTEAD = '[secret]';

/**
 * An outcome without the secrets that the vault keeps under `name`: a provisioner may repeat one in what it says of a failure or of its
 * progress. Of a secret that is an object every text in it counts. What nobody told us to be a secret cannot be known as one.
 */
export async function withoutSecrets(
  vault: Pick<ErasableVault, 'versions'>,
  name: string,
  outcome: Outcome,
): Promise<Outcome> {
  if (outcome.kind !== 'failed' && (outcome.kind !== 'pending' || outcome.progress === undefined)) return outcome;
  const secrets = (await vault.versions(name)).flatMap(({ secret }) => textsOf(secret));
  const hidden = (text: string) => secrets.reduce((left, secret) => left.replaceAll(secret, INSTEAD), text);
  if (outcome.kind === 'pending') return { ...outcome, progress: shortened(outcome.progress, hidden) };
  return secrets.length === 0 ? outcome : { kind: 'failed', failure: inside(outcome.failure, hidden) };
}

function shortened(progress: unknown, hidden: (text: string) => string): unknown {
  const text = JSON.stringify(progress) ?? '';
  return text.length <= PROGRESS ? inside(progress, hidden) : hidden(text).slice(0, PROGRESS);
}

/** The value with every text in it changed. */
const inside = <T>(value: T, change: (text: string) => string): T =>
  JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === 'string' ? change(part) : part)) as T;

/** The secret itself and, where it is JSON, the texts in it; the longest first, because one may hold another. */
function textsOf(secret: string): readonly string[] {
  const texts = [secret];
  try {
    JSON.parse(secret, (_key, part: unknown) => {
      if (typeof part === 'string') texts.push(part);
      return part;
    });
  } catch {
    // A plain text.
  }
  return texts.filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
}
