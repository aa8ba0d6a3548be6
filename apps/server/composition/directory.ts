import type { Config } from '#platform';
import { ldapDirectory, scimDirectory, type DirectoryPort } from '#products';

/** The directory of users and groups that the configuration names; its settings are whole, see `ldapSettings`. */
export function configuredDirectory(config: Config): DirectoryPort {
  if (config.directory === 'scim') return scimDirectory(config.scimUrl, config.scimToken);
  return ldapDirectory({
    url: config.ldapUrl!,
    bindDn: config.ldapBindDn!,
    password: config.ldapPassword!,
    usersBase: config.ldapUsersBase!,
    groupsBase: config.ldapGroupsBase!,
  });
}
