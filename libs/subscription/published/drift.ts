import { Type, type Static } from 'typebox';

/** What is outside otherwise than recorded. `path` is the field, `block.field`; `found` is null for what is not there. */
export const DifferenceSchema = Type.Object({
  path: Type.String(),
  expected: Type.Unknown(),
  found: Type.Unknown(),
});
export type Difference = Static<typeof DifferenceSchema>;

/** What a comparison with the outside brought; a process that finds nothing clears what an earlier one found. */
export interface ReportDrift {
  readonly type: 'ReportDrift';
  readonly processId: string;
  readonly differences: readonly Difference[];
  readonly time: number;
}

/** The latest differences that were found and are not known to be gone, and the process that found them. */
export interface Drift {
  readonly processId: string;
  readonly differences: readonly Difference[];
}
