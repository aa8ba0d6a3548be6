export * from './process.events.js';
