/** Moves instances that are pinned to version `from` (law 8). Steps that are not named keep their path. */
export interface Migration {
  readonly from: number;
  /**
   * Old path to new path, or null for a step that is gone; inside a for-each its index is written `*`. A for-each or a focus keeps its
   * key, because its values are in the state under it.
   */
  readonly keys: Readonly<Record<string, string | null>>;
}
