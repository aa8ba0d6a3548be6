import type { AdoptedResource, Parent, ResourceManifest } from './manifest.js';

/** Begins an operation; the same command to the same stream again is silence, another manifest is refused. `time` in ms. */
export interface CreateOperation {
  readonly type: 'CreateOperation';
  readonly manifest: ResourceManifest;
  readonly parent?: Parent;
  /**
   * Resources by need that are there already, whoever made them. The operation only takes them back: nothing is provisioned, and it has
   * ended well when all are gone. One for each need of the manifest.
   */
  readonly adopted?: Readonly<Record<string, AdoptedResource>>;
  readonly time: number;
}

/**
 * Its parent needs it no more: what is still to be provisioned is given up, and what was made, or may have been, is taken back as after any
 * failure; a removal for the parent is given up. Where nothing of that goes on it is silence: the end is told to the parent in any case.
 */
export interface AbortOperation {
  readonly type: 'AbortOperation';
  readonly reason: string;
  readonly time: number;
}

/**
 * Takes back what it made. Silence where that is done or under way; otherwise `state_conflict` 409 while it is provisioning. `tell`: the request
 * that is told when everything is gone, or when people gave that up; who came while it was under way has to ask.
 */
export interface DeprovisionOperation {
  readonly type: 'DeprovisionOperation';
  readonly tell?: Parent;
  readonly time: number;
}
