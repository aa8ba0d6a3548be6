import { AlreadyExistsError } from 'ldapts';
import type { DirectoryUser, UserAttributes, UserKey } from '../directory.port.js';
import { directoryRefused, userNameTaken } from '../refusals.js';
import { type Found, LdapEntries, USER } from './ldap-entries.js';
import type { LdapMemberships } from './ldap-memberships.js';
import { rdnOf } from './ldap-names.js';
import type { LdapSession } from './ldap-session.js';

/** What `description` holds while memberships have not followed a rename yet: the name that the groups may still hold. */
const RENAMED = 'purveyor:renamed-from:';

/** Users as entries of an LDAP directory. */
export class LdapUsers {
  readonly entries: LdapEntries;

  constructor(
    base: string,
    private readonly memberships: LdapMemberships,
  ) {
    this.entries = new LdapEntries(USER, base);
  }

  async find(session: LdapSession, by: UserKey): Promise<DirectoryUser | undefined> {
    const found = await this.entries.find(session, by);
    return found && userOf(found);
  }

  async create(session: LdapSession, { userName, userType }: UserAttributes, externalId: string) {
    const more = { cn: userName, sn: userName, ...(userType !== undefined && { employeeType: userType }) };
    const known = await this.entries.find(session, { externalId });
    const made = known ?? (await this.entries.add(session, userName, externalId, more));
    if (made) return userOf(made);
    const other = await this.entries.find(session, { userName });
    throw other ? userNameTaken(userOf(other)) : directoryRefused(409, `the name ${userName} is taken`);
  }

  async replace(session: LdapSession, id: string, { userName, userType }: UserAttributes): Promise<void> {
    const user = await this.entries.mustHave(session, id);
    await this.followRenames(session, user);
    if (user.name !== userName) await this.rename(session, user, userName);
    if (userType === undefined || userType === user.all('employeeType')[0]) return;
    const { dn } = await this.entries.mustHave(session, id);
    await session.modify(dn, 'replace', 'employeeType', [userType]);
  }

  async remove(session: LdapSession, id: string): Promise<void> {
    const user = await this.entries.find(session, { id });
    if (user === undefined) return;
    await this.memberships.follow(session, user.dn);
    await session.remove(user.dn);
  }

  /** The old name is written down before: after a crash in the middle nothing else would tell which name the groups still hold. */
  private async rename(session: LdapSession, user: Found, userName: string): Promise<void> {
    const other = await this.entries.find(session, { userName });
    if (other && other.id !== user.id) throw userNameTaken(userOf(other));
    const mark = RENAMED + user.dn;
    await session.modify(user.dn, 'add', 'description', [mark]);
    try {
      await session.rename(user.dn, rdnOf('uid', userName));
    } catch (error) {
      if (error instanceof AlreadyExistsError) await session.modify(user.dn, 'delete', 'description', [mark]);
      throw error;
    }
    await this.followRenames(session, await this.entries.mustHave(session, user.id));
  }

  /** A name that has another owner by now is left to that one. */
  private async followRenames(session: LdapSession, { dn, all }: Found): Promise<void> {
    for (const mark of all('description').filter((each) => each.startsWith(RENAMED))) {
      const old = mark.slice(RENAMED.length);
      if (!(await session.exists(old))) await this.memberships.follow(session, old, dn);
      await session.modify(dn, 'delete', 'description', [mark]);
    }
  }
}

function userOf({ id, name, externalId, all }: Found): DirectoryUser {
  const [userType] = all('employeeType');
  const optional = { ...(userType !== undefined && { userType }), ...(externalId !== undefined && { externalId }) };
  return { id, userName: name, ...optional };
}
