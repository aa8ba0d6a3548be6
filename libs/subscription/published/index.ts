export * from './claim.js';
export * from './drift.js';
export * from './field-changes.js';
export * from './subscription.commands.js';
export * from './subscription.events.js';
