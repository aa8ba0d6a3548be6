export * from './effects.js';
export * from './policy.js';
export * from './request.js';
export * from './request.events.js';
export * from './runtime.types.js';
