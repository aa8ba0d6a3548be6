export * from './child-operation.js';
export * from './manifest.js';
export * from './operation.commands.js';
export * from './operation.events.js';
export * from './operation.states.js';
