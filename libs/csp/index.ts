export * from './azure/effects.js';
export * from './azure/facts.js';
export * from './azure/plan.js';
export * from './http-client.js';
export * from './stage-effect.js';
