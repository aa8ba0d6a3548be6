export * from './published/index.js';
export * from './domain/engine.decider.js';
