import { changeAt, ERASED } from '#event-store';
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
  result: PATHS.reduce<unknown>((result, path) => changeAt(result, path, () => ERASED), stage.result),
});
