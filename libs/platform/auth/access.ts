import type { Clock } from '#kernel';
import type { Config } from '../config/config.js';
import { Degraded } from '../observe/health.js';
import { ACCESS_ROLES, type AccessRole } from './roles.js';
import { TokenFile, type TokenLog } from './token-file.js';

/** Who is behind a request, and what they may do. */
export interface Identity {
  readonly tenant: string;
  readonly actor: string;
  readonly roles: readonly AccessRole[];
}

/** Tells who is behind a request. */
export interface Access {
  /** From an Authorization header; undefined when it names nobody we know. */
  identify(authorization: string | undefined): Identity | undefined;
  /** A line for health; throws {@link Degraded} while the tokens file is broken and its earlier tokens are in force. */
  state(): string;
}

const TENANT = 'default';

/** Of requests where no tokens are configured: whoever reaches the loopback address of this machine. */
export const ANONYMOUS: Identity = { tenant: TENANT, actor: 'anonymous', roles: ACCESS_ROLES };

/** RFC 6750 section 2.1. */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** `localhost` counts: RFC 6761 section 6.3 keeps it for loopback. */
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/i;

/**
 * Access by the tokens of PURVEYOR_TOKENS_FILE. Without one everybody may do everything, but only from this machine: throws an
 * Error of one line when the server is to listen beyond loopback, or when the file cannot be used.
 */
export function openAccess(
  { host, tokensFile }: Pick<Config, 'host' | 'tokensFile'>,
  clock: Clock,
  log: TokenLog,
): Access {
  if (tokensFile !== undefined) return byTokens(new TokenFile(tokensFile, clock, log));
  if (LOOPBACK.test(host)) return { identify: () => ANONYMOUS, state: () => 'no tokens; loopback only' };
  throw new Error(
    `PURVEYOR_HOST is ${host}, which others can reach, and there are no tokens: set PURVEYOR_TOKENS_FILE, or listen on 127.0.0.1.`,
  );
}

const byTokens = (file: TokenFile): Access => ({
  identify(authorization = '') {
    const [, token] = BEARER.exec(authorization) ?? [];
    const entry = token === undefined ? undefined : file.find(token);
    return entry && { tenant: TENANT, actor: entry.name, roles: entry.roles };
  },
  state() {
    const fault = file.fault();
    if (fault !== undefined) throw new Degraded(`${fault}; the earlier tokens are in force`);
    return 'by token';
  },
});
