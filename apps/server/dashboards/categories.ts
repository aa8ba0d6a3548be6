import { openProcessesByStatus, operationsByState, portfoliosByState } from '#read-models';

/** Categories with steps, and how their instances are counted. */
export const categories = {
  portfolio: portfoliosByState,
  process: openProcessesByStatus,
  operation: operationsByState,
} as const;
