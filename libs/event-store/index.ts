export * from './chain.js';
export * from './embedded/index.js';
export * from './errors.js';
export * from './log.js';
export * from './maintenance/index.js';
export * from './metadata.js';
export { ERASED } from './personal.js';
export * from './port.js';
export * from './registry.js';
