export * from './parents.js';
export * from './personal.js';
export * from './portfolio.events.js';
