export * from './callback-token.js';
export * from './effects.js';
export { foldStream, openWorkOf, type Folded } from './instance.js';
export type * from './options.js';
export * from './policy.js';
export * from './request.js';
export * from './request.events.js';
export * from './runtime.js';
export * from './runtime.types.js';
