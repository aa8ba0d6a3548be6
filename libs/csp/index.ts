export * from './azure/azure.csp.js';
export * from './azure/facts.js';
export * from './azure/plan.js';
export * from './azure/plan-v2.js';
export * from './callback-outcome.js';
export * from './csp.js';
export * from './csps.js';
export * from './http-client.js';
