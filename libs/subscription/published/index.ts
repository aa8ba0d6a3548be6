export * from './subscription.commands.js';
export * from './subscription.events.js';
