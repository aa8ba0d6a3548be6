import type { Failure, FailureKind, Outcome } from '#kernel';

/** The absolute location when it has the origin of `url`, else undefined. */
export function sameOrigin(location: string, url: string): string | undefined {
  if (!URL.canParse(location, url)) return undefined;
  const target = new URL(location, url);
  return target.origin === new URL(url).origin ? target.href : undefined;
}

/**
 * The other side's own code and message: `{error: {code, message}}` as ARM and Graph give them, or `{error, error_description}` as OAuth
 * does (RFC 6749 section 5.2). Cut, because they end up in an event.
 */
export function errorOf(status: number, text: string | undefined): { readonly code: string; readonly message: string } {
  const { error, error_description } = (parseJson(text ?? '') ?? {}) as {
    error?: unknown;
    error_description?: unknown;
  };
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return {
    code: cut(code ?? error, 200) ?? `http_${status}`,
    message: cut(message ?? error_description, 1_000) ?? `status ${status}`,
  };
}

const cut = (text: unknown, length: number): string | undefined =>
  typeof text === 'string' ? text.slice(0, length) : undefined;

/** The value of a JSON text; undefined for what is none, and for null, which is no answer either. */
export function parseJson(text: string): unknown {
  try {
    return (JSON.parse(text) as unknown) ?? undefined;
  } catch {
    return undefined;
  }
}

export const fault = (kind: FailureKind, code: string, message: string, more: Partial<Failure> = {}): Outcome => ({
  kind: 'failed',
  failure: { kind, code, message, ...more },
});
