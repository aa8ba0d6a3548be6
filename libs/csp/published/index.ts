export * from './csp.events.js';
