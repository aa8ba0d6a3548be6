export * from './personal.js';
export * from './portfolio.events.js';
