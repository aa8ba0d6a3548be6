export * from './chain.js';
export * from './errors.js';
export * from './metadata.js';
export * from './port.js';
export * from './registry.js';
