import { AndFilter } from 'ldapts';
import { equal, GROUP } from './ldap-entries.js';
import type { LdapSession } from './ldap-session.js';

/** Members are distinguished names, so whoever is renamed or deleted must be followed through the groups that name it. */
export class LdapMemberships {
  constructor(private readonly groupsBase: string) {}

  /** Without reading the members: a group may have many. */
  async has(session: LdapSession, groupDn: string, userDn: string): Promise<boolean> {
    return (await session.search(groupDn, equal('member', userDn), ['1.1'], 'base')).length > 0;
  }

  add(session: LdapSession, groupDn: string, userDn: string): Promise<void> {
    return session.modify(groupDn, 'add', 'member', [userDn]);
  }

  remove(session: LdapSession, groupDn: string, userDn: string): Promise<void> {
    return session.modify(groupDn, 'delete', 'member', [userDn]);
  }

  /** In every group the old name gives way to the new one, or to nothing. */
  async follow(session: LdapSession, oldDn: string, newDn?: string): Promise<void> {
    const filters = [equal('objectClass', GROUP.objectClass), equal('member', oldDn)];
    for (const { dn } of await session.search(this.groupsBase, new AndFilter({ filters }), ['1.1'])) {
      if (newDn !== undefined) await this.add(session, dn, newDn);
      await this.remove(session, dn, oldDn);
    }
  }
}
