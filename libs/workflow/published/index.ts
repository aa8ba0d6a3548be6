export * from './process.commands.js';
export * from './process.events.js';
