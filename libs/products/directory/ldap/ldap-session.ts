import {
  Attribute,
  Change,
  Client,
  type Entry,
  type Filter,
  NoSuchObjectError,
  PresenceFilter,
  ResultCodeError,
  TypeOrValueExistsError,
  NoSuchAttributeError,
} from 'ldapts';
import { directoryRefused, directoryUnavailable } from '../refusals.js';

/** How the directory is reached. Bases are the entries below which groups and users are made. */
export interface LdapSettings {
  /** ldap://host[:port] or ldaps://host[:port]. */
  readonly url: string;
  readonly bindDn: string;
  readonly password: string;
  readonly usersBase: string;
  readonly groupsBase: string;
  /** How long to wait for the connection and for each answer, ms; default 8 000, so that it ends before the attempt does. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 8_000;
/** Result codes of RFC 4511 appendix A: which are passing, and the HTTP status nearest to those that are not. */
const PASSING = [3, 11, 51, 52];
const STATUS: Readonly<Record<number, number>> = { 8: 403, 32: 404, 48: 401, 49: 401, 50: 403, 68: 409 };

/** One bound connection (RFC 4511). Writes that find what they wanted to reach are successes. */
export class LdapSession {
  constructor(private readonly client: Client) {}

  async search(base: string, filter: Filter, attributes: string[], scope: 'base' | 'sub' = 'sub'): Promise<Entry[]> {
    try {
      return (await this.client.search(base, { scope, filter, attributes })).searchEntries;
    } catch (error) {
      if (scope === 'base' && error instanceof NoSuchObjectError) return [];
      throw error;
    }
  }

  async exists(dn: string): Promise<boolean> {
    return (await this.search(dn, new PresenceFilter({ attribute: 'objectClass' }), ['1.1'], 'base')).length > 0;
  }

  add(dn: string, attributes: Record<string, string | string[]>): Promise<void> {
    return this.client.add(dn, attributes);
  }

  /** `operation` on one attribute; a value that is there already, or gone already, is no fault. */
  async modify(dn: string, operation: Change['operation'], type: string, values: readonly string[]): Promise<void> {
    try {
      await this.client.modify(dn, new Change({ operation, modification: attribute(type, values) }));
    } catch (error) {
      const there = operation === 'add' && error instanceof TypeOrValueExistsError;
      const gone = operation === 'delete' && error instanceof NoSuchAttributeError;
      if (!there && !gone) throw error;
    }
  }

  rename(dn: string, rdn: string): Promise<void> {
    return this.client.modifyDN(dn, rdn);
  }

  /** An entry that is not there is deleted already. */
  async remove(dn: string): Promise<void> {
    await this.client.del(dn).catch((error: unknown) => {
      if (!(error instanceof NoSuchObjectError)) throw error;
    });
  }
}

const attribute = (type: string, values: readonly string[]): Attribute => new Attribute({ type, values: [...values] });

/** Runs `work` on a connection of its own, which ends with it, or at once when `signal` aborts. */
export async function withSession<T>(
  { url, bindDn, password, timeoutMs = TIMEOUT_MS }: LdapSettings,
  signal: AbortSignal | undefined,
  work: (session: LdapSession) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const client = new Client({ url, timeout: timeoutMs, connectTimeout: timeoutMs });
  const close = (): void => void client.unbind().catch(() => undefined);
  signal?.addEventListener('abort', close, { once: true });
  try {
    await client.bind(bindDn, password);
    return await work(new LdapSession(client));
  } catch (error) {
    throw asRefusal(error);
  } finally {
    signal?.removeEventListener('abort', close);
    close();
  }
}

/** What the directory said becomes a refusal; what the network did stays as it is: the outcome is unknown. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof ResultCodeError)) return error;
  const text = `the directory answered ${error.name}: ${error.message}`;
  return PASSING.includes(error.code) ? directoryUnavailable(text) : directoryRefused(STATUS[error.code] ?? 400, text);
}
