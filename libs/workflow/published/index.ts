export * from './process.commands.js';
export * from './process.events.js';
export * from './process.statuses.js';
export * from './process.values.js';
