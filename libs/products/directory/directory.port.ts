/** A group in the directory. `id` is the directory's own; `externalId` is what its creator named it by. */
export interface DirectoryGroup {
  readonly id: string;
  readonly displayName: string;
  readonly externalId?: string;
}

/** A user in the directory. `userType` says how it belongs to the organisation: internal, external. */
export interface DirectoryUser {
  readonly id: string;
  readonly userName: string;
  readonly userType?: string;
  readonly externalId?: string;
}

/** By what an entry is looked for; names and ids are compared as the directory does it. */
export type GroupKey = { readonly id: string } | { readonly externalId: string } | { readonly displayName: string };
export type UserKey = { readonly id: string } | { readonly externalId: string } | { readonly userName: string };
/** What a user is made of; a replacement leaves what else the directory keeps of it alone. */
export type UserAttributes = Pick<DirectoryUser, 'userName' | 'userType'>;

/**
 * The directory groups and users live in. Every call may be repeated: what is there already is found, what is gone already is gone.
 * All throw a Refusal for an answer that says why not (`directory_refused` with the directory's status, `directory_unavailable` 503);
 * any other error leaves the outcome unknown.
 */
export interface DirectoryPort {
  findGroup(by: GroupKey, signal?: AbortSignal): Promise<DirectoryGroup | undefined>;
  /** Creates the group once per external id. Refusal `group_name_taken` 409 when another has the name. */
  createGroup(displayName: string, externalId: string, signal?: AbortSignal): Promise<DirectoryGroup>;
  /** Members stay. Refusals `group_name_taken` 409, `directory_entry_gone` 404. */
  renameGroup(id: string, displayName: string, signal?: AbortSignal): Promise<void>;
  deleteGroup(id: string, signal?: AbortSignal): Promise<void>;

  findUser(by: UserKey, signal?: AbortSignal): Promise<DirectoryUser | undefined>;
  /** Creates the user once per external id. Refusal `user_name_taken` 409 when another has the name. */
  createUser(user: UserAttributes, externalId: string, signal?: AbortSignal): Promise<DirectoryUser>;
  /** Memberships stay. Refusals `user_name_taken` 409, `directory_entry_gone` 404. */
  replaceUser(id: string, user: UserAttributes, signal?: AbortSignal): Promise<void>;
  /** It leaves its groups with that. */
  deleteUser(id: string, signal?: AbortSignal): Promise<void>;

  /** False also when group or user is not there. */
  isMember(groupId: string, userId: string, signal?: AbortSignal): Promise<boolean>;
  /** Refusal `directory_entry_gone` 404 when group or user is not there. */
  addMember(groupId: string, userId: string, signal?: AbortSignal): Promise<void>;
  removeMember(groupId: string, userId: string, signal?: AbortSignal): Promise<void>;
}
