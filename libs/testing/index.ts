export * from './simulated-store.js';
export * from './virtual-clock.js';
