export * from './published/index.js';
export * from './domain/subscription.decider.js';
export * from './domain/subscription.state.js';
