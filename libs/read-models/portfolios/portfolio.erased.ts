import { ERASED } from '#event-store';
import { PERSONAL_FIELDS } from '#portfolio/published';
import type { PortfolioDoc, StageDoc } from './portfolio.doc.js';

const PATHS = PERSONAL_FIELDS.map((field) => field.split('.'));

/** A portfolio's document without what is personal: the results of stages are all that is shown of it. */
export const erasedPortfolio = (doc: PortfolioDoc): PortfolioDoc => ({
  ...doc,
  stages: doc.stages.map(erasedStage),
  after: doc.after.map(erasedStage),
});

const erasedStage = (stage: StageDoc): StageDoc => ({
  ...stage,
  result: PATHS.reduce<unknown>((result, path) => erasedAt(result, path), stage.result),
});

/** What is not there, or null, stays as it is: it was never sealed. */
function erasedAt(value: unknown, [head, ...rest]: readonly string[]): unknown {
  if (head === undefined) return value === null || value === undefined ? value : ERASED;
  if (typeof value !== 'object' || value === null || !(head in value)) return value;
  const record = value as Record<string, unknown>;
  return { ...record, [head]: erasedAt(record[head], rest) };
}
