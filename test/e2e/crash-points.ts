/** What test/e2e/crash-point.mjs writes down and is told to end at; absent fields fit everything. */
export interface Observation {
  readonly at: 'before append' | 'after append' | 'projection' | 'before call' | 'after call';
  readonly type?: string;
  readonly step?: string;
}

const point =
  (at: Observation['at']) =>
  (type: string, step?: string): Observation => ({ at, type, ...(step !== undefined && { step }) });

export const before = point('before append');
/** Committed, nobody told yet. */
export const after = point('after append');
/** The rows are written, the transaction is open. */
export const projected = point('projection');

export const shown = ({ at, type = '', step = '' }: Observation): string => `${at} ${type} ${step}`.trimEnd();

/** Whether something that was seen is what a point means. */
export const fits = (seen: Observation, { at, type, step }: Observation): boolean =>
  seen.at === at && [undefined, seen.type].includes(type) && [undefined, seen.step].includes(step);
