import type { Projection } from './projection.js';

type Named = Pick<Projection, 'name' | 'version'>;
const NAME = /^([^@~]+)(?:([@~])(\d+))?$/;

/** A rebuild's checkpoint: the version is part of its name, so that an interrupted one of another version is not gone on with. */
export const besideName = ({ name, version }: Named): string => `${name}@${version}`;
/** The checkpoint of the rows that were live before the last switch. */
export const keptName = ({ name, version }: Named): string => `${name}~${version}`;

/** What a checkpoint is of: the live rows of a projection, those that are built beside them, or those of before. */
export function named(checkpoint: string): { readonly name: string; readonly rows: 'live' | 'beside' | 'kept' } {
  const [, name = checkpoint, mark] = NAME.exec(checkpoint) ?? [];
  return { name, rows: mark === '@' ? 'beside' : mark === '~' ? 'kept' : 'live' };
}
