export * from './product.commands.js';
export * from './product.events.js';
