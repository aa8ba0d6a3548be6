export * from './engine.events.js';
