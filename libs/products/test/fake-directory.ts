import type { DirectoryGroup, DirectoryPort, DirectoryUser } from '../index.js';
import { entryGone, groupNameTaken, userNameTaken } from '../directory/refusals.js';

/** A directory in memory; `groups`, `users` and `members` may be changed by hand, as somebody else would. */
export class FakeDirectory implements DirectoryPort {
  readonly groups = new Map<string, { displayName: string; externalId: string }>();
  readonly users = new Map<string, { userName: string; userType?: string; externalId: string }>();
  /** `group/user`. */
  readonly members = new Set<string>();
  /** Names of the calls that change something. */
  readonly writes: string[] = [];
  private made = 0;

  async findGroup(by: Readonly<Record<string, string>>): Promise<DirectoryGroup | undefined> {
    return find<DirectoryGroup>(this.groups, by);
  }

  async createGroup(displayName: string, externalId: string): Promise<DirectoryGroup> {
    const known = await this.findGroup({ externalId });
    if (known) return known;
    const other = await this.findGroup({ displayName });
    if (other) throw groupNameTaken(other);
    this.writes.push('createGroup');
    this.groups.set(`g${++this.made}`, { displayName, externalId });
    return (await this.findGroup({ externalId }))!;
  }

  async renameGroup(id: string, displayName: string): Promise<void> {
    const group = this.groups.get(id);
    if (!group) throw entryGone('group', id);
    const other = await this.findGroup({ displayName });
    if (other && other.id !== id) throw groupNameTaken(other);
    this.writes.push('renameGroup');
    this.groups.set(id, { ...group, displayName });
  }

  async deleteGroup(id: string): Promise<void> {
    this.writes.push('deleteGroup');
    this.groups.delete(id);
    this.leave((group) => group === id);
  }

  async findUser(by: Readonly<Record<string, string>>): Promise<DirectoryUser | undefined> {
    return find<DirectoryUser>(this.users, by);
  }

  async createUser(user: { userName: string; userType?: string }, externalId: string): Promise<DirectoryUser> {
    const known = await this.findUser({ externalId });
    if (known) return known;
    const other = await this.findUser({ userName: user.userName });
    if (other) throw userNameTaken(other);
    this.writes.push('createUser');
    this.users.set(`u${++this.made}`, { ...user, externalId });
    return (await this.findUser({ externalId }))!;
  }

  async replaceUser(id: string, user: { userName: string; userType?: string }): Promise<void> {
    const known = this.users.get(id);
    if (!known) throw entryGone('user', id);
    const other = await this.findUser({ userName: user.userName });
    if (other && other.id !== id) throw userNameTaken(other);
    this.writes.push('replaceUser');
    this.users.set(id, { ...known, ...user });
  }

  async deleteUser(id: string): Promise<void> {
    this.writes.push('deleteUser');
    this.users.delete(id);
    this.leave((_, user) => user === id);
  }

  async isMember(groupId: string, userId: string): Promise<boolean> {
    return this.members.has(`${groupId}/${userId}`);
  }

  async addMember(groupId: string, userId: string): Promise<void> {
    if (!this.groups.has(groupId)) throw entryGone('group', groupId);
    if (!this.users.has(userId)) throw entryGone('user', userId);
    this.writes.push('addMember');
    this.members.add(`${groupId}/${userId}`);
  }

  async removeMember(groupId: string, userId: string): Promise<void> {
    this.writes.push('removeMember');
    this.members.delete(`${groupId}/${userId}`);
  }

  private leave(gone: (group: string, user: string) => boolean): void {
    for (const member of this.members)
      if (gone(...(member.split('/') as [string, string]))) this.members.delete(member);
  }
}

function find<T>(all: ReadonlyMap<string, object>, by: Readonly<Record<string, string>>): T | undefined {
  const [[key, value] = []] = Object.entries(by);
  for (const [id, entry] of all) {
    const found: Readonly<Record<string, unknown>> = { id, ...entry };
    if (found[key!] === value) return found as T;
  }
  return undefined;
}
