export * from './schedule.commands.js';
export * from './schedule.events.js';
