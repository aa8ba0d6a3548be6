export * from './published/index.js';
export * from './application/schedule.effects.js';
export * from './domain/occurrence.decider.js';
export * from './domain/schedule.decider.js';
export type * from './domain/schedule.state.js';
