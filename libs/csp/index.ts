export * from './azure/effects.js';
export * from './azure/facts.js';
export * from './azure/plan.js';
export * from './azure/plan-v2.js';
export * from './azure/plans.js';
export * from './callback-outcome.js';
export * from './http-client.js';
export * from './stage-effects.js';
