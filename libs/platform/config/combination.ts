import type { Role } from './config.js';

/** What decides how processes may be put together. */
interface Placed {
  readonly eventStore: string;
  readonly readModels: string;
  readonly roles: readonly Role[];
  readonly vaultKey?: unknown;
  readonly callbackKeys?: unknown;
  readonly auditKey?: unknown;
}

const ALL_ROLES = 3;

/**
 * Faults of a combination that cannot work. What lives in a directory belongs to one process, which then has all roles; what is split
 * over processes needs EventStoreDB and PostgreSQL, and keys that are the same for all.
 */
export function combination({ eventStore, readModels, roles, ...keys }: Placed): string[] {
  const [distributed, shared] = [eventStore !== 'embedded', readModels !== 'sqlite'];
  if (shared && !distributed)
    return [
      'PURVEYOR_READ_MODELS: postgres://... goes with PURVEYOR_EVENT_STORE=esdb://..., the embedded log with sqlite',
    ];
  if (roles.length < ALL_ROLES && !shared)
    return [
      'PURVEYOR_ROLES: must be all of api, worker and projector, unless PURVEYOR_EVENT_STORE is esdb://... and PURVEYOR_READ_MODELS is postgres://...',
    ];
  if (!shared) return [];
  const { vaultKey, callbackKeys, auditKey } = keys;
  return Object.entries({
    PURVEYOR_VAULT_KEY: vaultKey,
    PURVEYOR_CALLBACK_KEYS: callbackKeys,
    PURVEYOR_AUDIT_KEY: auditKey,
  })
    .filter(([, value]) => value === undefined)
    .map(([name]) => `${name}: must be set where several processes may share the log`);
}

interface Directory {
  readonly directory: 'scim' | 'ldap';
  readonly ldapUrl?: string;
  readonly ldapBindDn?: string;
  readonly ldapPassword?: string;
  readonly ldapUsersBase?: string;
  readonly ldapGroupsBase?: string;
}

/** An LDAP directory has no defaults: there is none in the sandbox. */
export function ldapSettings(config: Directory): string[] {
  if (config.directory !== 'ldap') return [];
  const { ldapUrl, ldapBindDn, ldapPassword, ldapUsersBase, ldapGroupsBase } = config;
  return Object.entries({
    PURVEYOR_LDAP_URL: ldapUrl,
    PURVEYOR_LDAP_BIND_DN: ldapBindDn,
    PURVEYOR_LDAP_PASSWORD: ldapPassword,
    PURVEYOR_LDAP_USERS_BASE: ldapUsersBase,
    PURVEYOR_LDAP_GROUPS_BASE: ldapGroupsBase,
  })
    .filter(([, value]) => value === undefined)
    .map(([name]) => `${name}: must be set where PURVEYOR_DIRECTORY is ldap`);
}
