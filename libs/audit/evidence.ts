import type { Checkpoint } from './checkpoint.js';
import type { Place } from './walk.js';

/** The first event that is not what was written; an empty stream and -1 where that is no event of this log. */
export interface Finding {
  readonly stream: string;
  readonly revision: number;
  readonly reason: string;
}

/** What the log is held against. */
export interface Evidence {
  /** Of this log, from its file and from who keeps copies. */
  readonly checkpoints: readonly Checkpoint[];
  /** Rolling hashes by count that the follower noted: not signed, they only say where to look. */
  readonly marks: ReadonlyMap<number, string>;
  /** Public keys whose signatures count. */
  readonly keys: ReadonlySet<string>;
}

/** Where a verification stands, to go on with later or elsewhere. */
export interface Progress extends Place {
  /** First event behind a mark that was not met. */
  readonly suspect?: Finding;
}
