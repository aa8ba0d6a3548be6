/** A group in the directory. `externalId` is what its creator named it by, here the idempotency key. */
export interface DirectoryGroup {
  readonly id: string;
  readonly displayName: string;
  readonly externalId?: string;
}

/** The directory groups live in. All throw a Refusal for an answer that says why not; other errors leave the outcome unknown. */
export interface DirectoryPort {
  findGroup(
    by: { externalId: string } | { displayName: string },
    signal?: AbortSignal,
  ): Promise<DirectoryGroup | undefined>;
  /** Creates the group once per external id: a repeat finds it. Refusal `group_name_taken` 409 when another has the name. */
  createGroup(displayName: string, externalId: string, signal?: AbortSignal): Promise<DirectoryGroup>;
  /** A group that is not there is deleted already. */
  deleteGroup(id: string, signal?: AbortSignal): Promise<void>;
}
