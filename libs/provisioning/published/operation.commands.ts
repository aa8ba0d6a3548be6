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
