import type { Parent, ResourceManifest } from './manifest.js';

/** Begins an operation; the same command to the same stream again is silence, another manifest is refused. `time` in ms. */
export interface CreateOperation {
  readonly type: 'CreateOperation';
  readonly manifest: ResourceManifest;
  readonly parent?: Parent;
  readonly time: number;
}
