import { createHash } from 'node:crypto';
import type { Failure } from '#kernel';
import type { RootCredential } from '../csp.js';
import type { Access, TokenWanted, Values } from '../csp-target.js';
import type { HttpClient } from '../http-client.js';

interface Options {
  readonly client: HttpClient;
  /** Base URL of the token endpoint. */
  readonly login: string;
  readonly root: RootCredential;
  /** ms since the epoch. */
  readonly now: () => number;
}

interface Grant {
  readonly tenant: string;
  readonly form: Readonly<Record<string, string>>;
}
interface Token {
  readonly header: string;
  readonly until: number;
}

/** A token is not used in the last minute of its life. */
const MARGIN_MS = 60_000;
const KEPT = 10_000;

const text = (values: Values, name: string): string => String(values[name]);

const clientGrant = (tenant: string, client_id: string, client_secret: string): Grant => ({
  tenant,
  form: { grant_type: 'client_credentials', client_id, client_secret },
});

const passwordGrant = (values: Values, password: string): Grant => ({
  tenant: text(values, 'tenant_id'),
  form: {
    grant_type: 'password',
    username: `${text(values, 'user_id')}@${text(values, 'domain_name')}.onmicrosoft.com`,
    password: text(values, password),
  },
});

/** Whose token it is, by the name in a stage's call, and the payload fields it is made of. */
function grantOf(token: string, values: Values, root: RootCredential): Grant {
  switch (token) {
    case 'root':
      return clientGrant(root.tenantId, root.clientId, root.clientSecret);
    case 'admin':
      return passwordGrant(values, 'password');
    case 'reset_admin':
      return passwordGrant(values, 'new_password');
    case 'principal':
      return clientGrant(
        text(values, 'tenant_id'),
        text(values, 'principal_app_id'),
        text(values, 'principal_client_secret'),
      );
    default:
      throw new Error(`Azure knows no token ${token}`);
  }
}

/** Tokens of our own principal, of a tenant's administrator and of its service principal (OAuth 2.0), kept until they end. */
export function azureAccess({ client, login, root, now }: Options): Access {
  const kept = new Map<string, Token>();
  const keyOf = ({ token, api, values }: TokenWanted) =>
    createHash('sha256')
      .update(JSON.stringify([api, grantOf(token, values, root)]))
      .digest('base64');
  return {
    async authorization(wanted) {
      const key = keyOf(wanted);
      const known = kept.get(key);
      if (known && known.until > now()) return { header: known.header, fresh: false };
      const { tenant, form } = grantOf(wanted.token, wanted.values, root);
      const url = `${login}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
      const scope = `https://${wanted.api}/.default`;
      const outcome = await client.send({ method: 'POST', url, form: { ...form, scope }, signal: wanted.signal });
      const token = outcome.kind === 'done' ? tokenOf(outcome.result, now()) : undefined;
      if (token === undefined) return outcome.kind === 'failed' ? unsent(outcome.failure) : NO_TOKEN;
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
      kept.set(key, token);
      return { header: token.header, fresh: true };
    },
    rejected: (wanted) => void kept.delete(keyOf(wanted)),
  };
}

function tokenOf(answer: unknown, now: number): Token | undefined {
  const { access_token, expires_in } = answer as { access_token?: unknown; expires_in?: unknown };
  if (typeof access_token !== 'string' || typeof expires_in !== 'number') return undefined;
  return { header: `Bearer ${access_token}`, until: now + expires_in * 1_000 - MARGIN_MS };
}

/** The call itself never left: what is unknown about the token is no reason not to try again. */
const unsent = (failure: Failure): Failure =>
  failure.kind === 'unknown' ? { ...failure, kind: 'retryable', code: 'no_token' } : failure;

const NO_TOKEN: Failure = { kind: 'retryable', code: 'no_token', message: 'the sign-in did not answer with a token' };
