export * from './csv.js';
export * from './decider.js';
export * from './errors.js';
export * from './json.js';
export * from './messages.js';
export * from './ports.js';
export * from './system.js';
