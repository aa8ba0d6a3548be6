/** One fault in an input, by JSON pointer (RFC 6901). */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
}

/** Members that problem details have already: an extra member may not replace them. */
type Reserved = { readonly [K in 'type' | 'title' | 'status' | 'detail' | 'instance' | 'code' | 'errors']?: never };

/** Further members of a refusal's problem details. */
export type Extra = Readonly<Record<string, unknown>> & Reserved;

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
    readonly extra: Extra = {},
    readonly errors: readonly Fault[] = [],
  ) {
    super(detail);
    this.name = 'Refusal';
  }

  /** What was recorded of a refusal, told again. */
  static recorded(was: {
    readonly code: string;
    readonly status: number;
    readonly message: string;
    readonly details: Extra;
  }): Refusal {
    return new this(was.code, was.status, was.message, was.details);
  }
}

export function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && (error as { refusal?: unknown }).refusal === true;
}

/** Unreachable by type: a union member was forgotten. */
export function never(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
