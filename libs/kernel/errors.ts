/** One fault in an input, by JSON pointer (RFC 6901). */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
}

/**
 * A command that does not fit, or an input that does not. Becomes a problem detail (RFC 9457) with a stable code.
 * Recognised by its `refusal` mark rather than by class, so that it survives duplicate packages.
 */
export class Refusal extends Error {
  readonly refusal = true;
  constructor(
    readonly code: string,
    readonly status: number,
    detail: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
    readonly errors: readonly Fault[] = [],
  ) {
    super(detail);
    this.name = 'Refusal';
  }
}

export function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && (error as { refusal?: unknown }).refusal === true;
}

/** Unreachable by type: a union member was forgotten. */
export function never(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
