import type { Refusal } from '#kernel';
import type {
  DirectoryGroup,
  DirectoryPort,
  DirectoryUser,
  GroupKey,
  UserAttributes,
  UserKey,
} from '../directory.port.js';
import { entryGone, groupNameTaken, userNameTaken } from '../refusals.js';
import { succeeded } from '../../http/json-client.js';
import { created, refused, ScimClient } from './scim-client.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** What groups and users differ in. */
interface Resource<T> {
  readonly kind: 'group' | 'user';
  readonly path: '/Groups' | '/Users';
  readonly schema: string;
  readonly nameOf: (entry: T) => string;
  readonly byName: (name: string) => Readonly<Record<string, string>>;
  readonly taken: (entry: T) => Refusal;
}
const GROUP: Resource<DirectoryGroup> = {
  kind: 'group',
  path: '/Groups',
  schema: `${CORE}:Group`,
  nameOf: (group) => group.displayName,
  byName: (displayName) => ({ displayName }),
  taken: groupNameTaken,
};
const USER: Resource<DirectoryUser> = {
  kind: 'user',
  path: '/Users',
  schema: `${CORE}:User`,
  nameOf: (user) => user.userName,
  byName: (userName) => ({ userName }),
  taken: userNameTaken,
};
interface Known {
  readonly id: string;
  readonly externalId?: string;
}
type Signal = AbortSignal | undefined;

/** SCIM 2.0 (RFC 7643, RFC 7644) over HTTP; `base` is the service's root, without a slash at its end, `token` its bearer token. */
export function scimDirectory(base: string, token?: string): DirectoryPort {
  const client = new ScimClient(base, token);
  const [groups, users] = [new Entries(client, GROUP), new Entries(client, USER)];
  const isMember = async (groupId: string, userId: string, signal: Signal): Promise<boolean> => {
    type Members = { readonly members?: readonly { readonly value?: string }[] };
    const group = await client.read<Members>(`${pathOf(GROUP.path, groupId)}?attributes=members`, signal);
    return (group?.members ?? []).some(({ value }) => value === userId);
  };
  return {
    findGroup: (by, signal) => groups.find(by, signal),
    createGroup: (displayName, externalId, signal) => groups.create({ displayName }, externalId, signal),
    renameGroup: (id, displayName, signal) => groups.change(id, { displayName }, signal),
    deleteGroup: (id, signal) => groups.remove(id, signal),
    findUser: (by, signal) => users.find(by, signal),
    createUser: (user, externalId, signal) => users.create(user, externalId, signal),
    replaceUser: (id, user: UserAttributes, signal) => users.change(id, user, signal),
    deleteUser: (id, signal) => users.remove(id, signal),
    isMember,
    async addMember(groupId, userId, signal) {
      if ((await users.find({ id: userId }, signal)) === undefined) throw entryGone('user', userId);
      if (await isMember(groupId, userId, signal)) return;
      await groups.patch(groupId, [{ op: 'add', path: 'members', value: [{ value: userId }] }], signal);
    },
    async removeMember(groupId, userId, signal) {
      if (!(await isMember(groupId, userId, signal))) return;
      await groups.patch(groupId, [{ op: 'remove', path: `members[value eq ${JSON.stringify(userId)}]` }], signal);
    },
  };
}

const pathOf = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

/** What groups and users have in common. */
class Entries<T extends Known> {
  constructor(
    private readonly client: ScimClient,
    private readonly resource: Resource<T>,
  ) {}

  async find(by: GroupKey | UserKey, signal: Signal): Promise<T | undefined> {
    const { path, nameOf } = this.resource;
    const excluded = '?excludedAttributes=members';
    if ('id' in by) return this.client.read<T>(pathOf(path, by.id) + excluded, signal);
    if ('externalId' in by)
      return this.client.find<T>(path, by, ({ externalId }) => externalId === by.externalId, signal);
    const [name = ''] = Object.values(by);
    return this.client.find<T>(path, { ...by }, (entry) => same(nameOf(entry), name), signal);
  }

  /** A lost answer must not make a second entry, whatever the directory thinks of equal names. */
  async create(attributes: Readonly<Record<string, unknown>>, externalId: string, signal: Signal): Promise<T> {
    const { path, schema, byName, nameOf } = this.resource;
    const name = nameOf(attributes as unknown as T);
    const own = async () => this.own(await this.find(byName(name) as never, signal), externalId);
    const known = (await this.find({ externalId }, signal)) ?? (await own());
    if (known) return known;
    const json = { schemas: [schema], ...attributes, externalId };
    const answer = await this.client.send('POST', path, { json, headers: { 'idempotency-key': externalId }, signal });
    if (answer.status === 201 || answer.status === 200) return created<T>(answer);
    const other = answer.status === 409 ? await own() : undefined;
    if (other) return other;
    throw refused(answer);
  }

  /** A patch leaves alone what it does not name: members, and what others keep of a user. */
  async change(id: string, values: Readonly<Record<string, unknown>>, signal: Signal): Promise<void> {
    const named = Object.entries(values).filter(([, value]) => value !== undefined);
    const operations = named.map(([path, value]) => ({ op: 'replace', path, value }));
    await this.patch(id, operations, signal, this.resource.nameOf(values as unknown as T));
  }

  async patch(id: string, operations: readonly object[], signal: Signal, name?: string): Promise<void> {
    const { path, kind, byName, taken } = this.resource;
    const json = { schemas: [PATCH], Operations: operations };
    const answer = await this.client.send('PATCH', pathOf(path, id), { json, signal });
    if (succeeded(answer)) return;
    if (answer.status === 404) throw entryGone(kind, id);
    const other =
      answer.status === 409 && name !== undefined ? await this.find(byName(name) as never, signal) : undefined;
    throw other && other.id !== id ? taken(other) : refused(answer);
  }

  async remove(id: string, signal: Signal): Promise<void> {
    const answer = await this.client.send('DELETE', pathOf(this.resource.path, id), { signal });
    if (answer.status !== 404 && !succeeded(answer)) throw refused(answer);
  }

  /** The entry when it is ours, undefined when there is none; another's entry of that name is a refusal. */
  private own(entry: T | undefined, externalId: string): T | undefined {
    if (entry === undefined || entry.externalId === externalId) return entry;
    throw this.resource.taken(entry);
  }
}

/** displayName and userName are not case-exact (RFC 7643 sections 4.1.1 and 8.7.1). */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
