import type { DirectoryPort } from '../directory.port.js';
import { entryGone } from '../refusals.js';
import { LdapGroups } from './ldap-groups.js';
import { LdapMemberships } from './ldap-memberships.js';
import { type LdapSession, type LdapSettings, withSession } from './ldap-session.js';
import { LdapUsers } from './ldap-users.js';

/** LDAP version 3 (RFC 4511): groups are groupOfNames (RFC 4519), users inetOrgPerson (RFC 2798); see docs/adr/0043. */
export function ldapDirectory(settings: LdapSettings): DirectoryPort {
  const memberships = new LdapMemberships(settings.groupsBase);
  const groups = new LdapGroups(settings.groupsBase);
  const users = new LdapUsers(settings.usersBase, memberships);
  const run = <T>(signal: AbortSignal | undefined, work: (session: LdapSession) => Promise<T>) =>
    withSession(settings, signal, work);
  const pair = async (session: LdapSession, groupId: string, userId: string) =>
    [await groups.entries.find(session, { id: groupId }), await users.entries.find(session, { id: userId })] as const;
  return {
    findGroup: (by, signal) => run(signal, (session) => groups.find(session, by)),
    createGroup: (name, externalId, signal) => run(signal, (session) => groups.create(session, name, externalId)),
    renameGroup: (id, name, signal) => run(signal, (session) => groups.rename(session, id, name)),
    deleteGroup: (id, signal) => run(signal, (session) => groups.remove(session, id)),
    findUser: (by, signal) => run(signal, (session) => users.find(session, by)),
    createUser: (user, externalId, signal) => run(signal, (session) => users.create(session, user, externalId)),
    replaceUser: (id, user, signal) => run(signal, (session) => users.replace(session, id, user)),
    deleteUser: (id, signal) => run(signal, (session) => users.remove(session, id)),
    isMember: (groupId, userId, signal) =>
      run(signal, async (session) => {
        const [group, user] = await pair(session, groupId, userId);
        return group !== undefined && user !== undefined && memberships.has(session, group.dn, user.dn);
      }),
    addMember: (groupId, userId, signal) =>
      run(signal, async (session) => {
        const [group, user] = await pair(session, groupId, userId);
        if (group === undefined) throw entryGone('group', groupId);
        if (user === undefined) throw entryGone('user', userId);
        await memberships.add(session, group.dn, user.dn);
      }),
    removeMember: (groupId, userId, signal) =>
      run(signal, async (session) => {
        const [group, user] = await pair(session, groupId, userId);
        if (group && user) await memberships.remove(session, group.dn, user.dn);
      }),
  };
}
