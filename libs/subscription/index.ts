export * from './published/index.js';
export * from './domain/subscription.decider.js';
export type { Requirements } from './domain/status.js';
export * from './domain/subscription.state.js';
export * from './domain/may-start.js';
export { refusalOf } from './domain/claims.js';
export * from './domain/claim-terms.js';
export { staleText } from './domain/details.js';
export { subscriptionRulesReference } from './domain/rules-reference.js';
