import { Refusal } from '#kernel';
import type { DirectoryGroup, DirectoryUser } from './directory.port.js';

export const groupNameTaken = ({ displayName, id }: DirectoryGroup): Refusal =>
  new Refusal('group_name_taken', 409, `another group is named ${displayName}`, { group_id: id });

export const userNameTaken = ({ userName, id }: DirectoryUser): Refusal =>
  new Refusal('user_name_taken', 409, `another user is named ${userName}`, { user_id: id });

export const entryGone = (kind: 'group' | 'user', id: string): Refusal =>
  new Refusal('directory_entry_gone', 404, `the directory has no ${kind} ${id}`, { entry: kind, entry_id: id });

/** `status` is the directory's own where it speaks HTTP, otherwise what fits. */
export const directoryRefused = (status: number, text: string): Refusal =>
  new Refusal('directory_refused', status, text);

/** `retryAfter` in seconds, where the directory asks for it. */
export const directoryUnavailable = (text: string, retryAfter?: number): Refusal =>
  new Refusal('directory_unavailable', 503, text, retryAfter === undefined ? {} : { retryAfter });
