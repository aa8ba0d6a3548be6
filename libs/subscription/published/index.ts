export * from './claim.js';
export * from './subscription.commands.js';
export * from './subscription.events.js';
