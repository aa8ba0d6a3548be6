import { type Fault, isRefusal } from '#kernel';
import { isVaultFault } from '../vault/vault-error.js';
import { errorEntry, isKnownCode } from './catalogue.js';

/** RFC 9457 problem details with our members: a stable `code`, and `errors` by JSON pointer. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly instance?: string;
  readonly errors?: readonly Fault[];
  readonly [extra: string]: unknown;
}

export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemBody;
}

interface Said {
  readonly code: string;
  readonly status?: number;
  readonly detail?: string;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly Fault[];
}

/** Seconds named in Retry-After when a 503 names none itself. */
const RETRY_AFTER = 1;

/**
 * Any error as an answer. What is not meant for people (unknown errors, damage, our own faults) becomes its code without details.
 * `instance` is the path of the request. A refusal may set Retry-After by `extra.retryAfter` (seconds).
 */
export function toProblem(error: unknown, instance?: string): Problem {
  const said = describe(error);
  const entry = errorEntry(said.code);
  const status = said.status ?? entry.status;
  const { retryAfter, ...extra } = said.extra ?? {};
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 503 || retryAfter !== undefined
        ? { 'retry-after': String(typeof retryAfter === 'number' ? retryAfter : RETRY_AFTER) }
        : {}),
      // RFC 9110 section 15.5.2 asks for it; a callback's wrong signature is not cured by a token.
      ...(said.code === 'unauthorized' ? { 'www-authenticate': 'Bearer realm="purveyor"' } : {}),
    },
    body: {
      ...extra,
      type: `urn:purveyor:error:${said.code}`,
      title: entry.title,
      status,
      code: said.code,
      ...(said.detail ? { detail: said.detail } : {}),
      ...(instance === undefined ? {} : { instance }),
      ...(said.errors?.length ? { errors: said.errors } : {}),
    },
  };
}

function describe(error: unknown): Said {
  if (isRefusal(error))
    return { code: error.code, status: error.status, extra: error.extra, errors: error.errors, detail: error.message };
  if (typeof error !== 'object' || error === null) return { code: 'internal_error' };
  return (
    fromStore(error) ??
    fromVault(error) ??
    fromFastify(error) ??
    fromNest(error) ??
    fromRegistry(error) ?? { code: 'internal_error' }
  );
}

const STORE_CODES = new Set([
  'wrong_expected_revision',
  'event_too_large',
  'store_unavailable',
  'disk_full',
  'corrupt',
  'directory_in_use',
  'store_access_denied',
  'store_refused',
  'stream_deleted',
  'newer_format',
]);

/** By code, not by class, so that every adapter's errors count. Messages of the store name streams and rows: they stay in the log. */
function fromStore(error: object): Said | undefined {
  const { code, outcomeKnown, limit } = error as { code?: unknown; outcomeKnown?: unknown; limit?: unknown };
  if (typeof code !== 'string' || !STORE_CODES.has(code)) return undefined;
  return {
    code,
    detail: errorEntry(code).meaning,
    extra: {
      ...(typeof outcomeKnown === 'boolean' ? { outcomeKnown } : {}),
      ...(code === 'event_too_large' && typeof limit === 'number' ? { limit } : {}),
    },
  };
}

/** Passing, to who asks: it goes on when the vault is mended. What it says names secrets: it stays in the log. */
function fromVault(error: object): Said | undefined {
  return isVaultFault(error) ? { code: 'unavailable', detail: errorEntry('unavailable').meaning } : undefined;
}

const FASTIFY_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_BAD_URL: 'bad_request',
  FST_ERR_MAX_PARAM_LENGTH: 'address_too_long',
  FST_ERR_NOT_FOUND: 'not_found',
};

function fromFastify(error: object): Said | undefined {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? FASTIFY_CODES[code] : undefined;
  if (known !== undefined) return { code: known, detail: errorEntry(known).meaning };
  if (typeof statusCode !== 'number' || statusCode < 400) return undefined;
  return error instanceof SyntaxError && statusCode === 400
    ? { code: 'malformed_json', detail: errorEntry('malformed_json').meaning }
    : byStatus(statusCode, (error as Error).message);
}

/** Nest turns Fastify's errors into HttpExceptions and keeps only status and message, so a 400 may be unreadable JSON. */
function fromNest(error: object): Said | undefined {
  const { getStatus, message } = error as { getStatus?: () => number; message?: string };
  if (typeof getStatus !== 'function') return undefined;
  const status = getStatus.call(error);
  return status === 400 && /\bJSON\b|application\/json/.test(message ?? '')
    ? { code: 'malformed_json', detail: errorEntry('malformed_json').meaning }
    : byStatus(status, message);
}

const STATUS_CODES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  503: 'unavailable',
  504: 'gateway_timeout',
};

function byStatus(status: number, message: string | undefined): Said {
  const code = STATUS_CODES[status];
  // Nest's own 404 repeats the address, and with it query and callback token.
  if (status === 404 && message?.startsWith('Cannot '))
    return { code: 'not_found', detail: errorEntry('not_found').meaning };
  if (code === undefined)
    return status < 500 ? { code: 'bad_request', status, detail: message } : { code: 'internal_error' };
  return { code, detail: status < 500 ? message : errorEntry(code).meaning };
}

/** Law 8: code for an event is missing here. */
function fromRegistry(error: object): Said | undefined {
  const { name, message } = error as Partial<Error>;
  return name === 'UnknownEvent' ? { code: 'configuration_error', detail: message } : undefined;
}

/** Worth a line at level error with its stack: our own fault, one of the vault, which a person mends, or a code the catalogue lacks. */
export const isOurFault = (problem: Problem, error: unknown): boolean =>
  problem.status === 500 || isVaultFault(error) || !isKnownCode(problem.body.code);
