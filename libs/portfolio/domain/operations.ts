import type { Failure } from '#kernel';
import type { Stage, StagePlan } from './stage-plan.js';

/** The stage that waits for the operation which this one begins. */
export const waiterFor = (plan: StagePlan, { name, begins }: Stage): Stage | undefined =>
  begins &&
  plan.stages.find(({ awaits, payload }) => {
    const from = awaits && payload.from[awaits.url];
    return from !== undefined && 'stage' in from && from.stage === name;
  });

/**
 * The CSP's operation itself came to a bad end, told by an answer with a status of success: nothing came of it. Any other failure of
 * asking says nothing about what was asked for.
 */
export const endedItself = ({ kind, status }: Failure): boolean =>
  kind === 'refused' && status !== undefined && status < 300;
