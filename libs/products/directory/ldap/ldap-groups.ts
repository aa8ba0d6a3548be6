import type { DirectoryGroup, GroupKey } from '../directory.port.js';
import { directoryRefused, groupNameTaken } from '../refusals.js';
import { type Found, GROUP, LdapEntries } from './ldap-entries.js';
import { rdnOf } from './ldap-names.js';
import type { LdapSession } from './ldap-session.js';

/** Nobody: groupOfNames wants a member, and an empty group has none. */
const NOBODY = '';

/** Groups as entries of an LDAP directory. */
export class LdapGroups {
  readonly entries: LdapEntries;

  constructor(base: string) {
    this.entries = new LdapEntries(GROUP, base);
  }

  async find(session: LdapSession, by: GroupKey): Promise<DirectoryGroup | undefined> {
    const found = await this.entries.find(session, by);
    return found && groupOf(found);
  }

  async create(session: LdapSession, displayName: string, externalId: string): Promise<DirectoryGroup> {
    const known = await this.entries.find(session, { externalId });
    const made = known ?? (await this.entries.add(session, displayName, externalId, { member: NOBODY }));
    if (made) return groupOf(made);
    const other = await this.entries.find(session, { displayName });
    throw other ? groupNameTaken(groupOf(other)) : directoryRefused(409, `the name ${displayName} is taken`);
  }

  /** Nobody names a group by its distinguished name, so nothing has to follow. */
  async rename(session: LdapSession, id: string, displayName: string): Promise<void> {
    const group = await this.entries.mustHave(session, id);
    if (group.name === displayName) return;
    const other = await this.entries.find(session, { displayName });
    if (other && other.id !== id) throw groupNameTaken(groupOf(other));
    await session.rename(group.dn, rdnOf('cn', displayName));
  }

  async remove(session: LdapSession, id: string): Promise<void> {
    const group = await this.entries.find(session, { id });
    if (group) await session.remove(group.dn);
  }
}

const groupOf = ({ id, name, externalId }: Found): DirectoryGroup => ({
  id,
  displayName: name,
  ...(externalId !== undefined && { externalId }),
});
