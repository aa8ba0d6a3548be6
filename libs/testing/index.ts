export * from './simulated-store.js';
export { openWork } from './open-work.js';
export * from './virtual-clock.js';
export { PostgresServer } from './postgres-server.js';
export { SlapdServer } from './slapd-server.js';
export { CuttingProxy } from './cutting-proxy.js';
export * from './memory-vault.js';
export { refusal } from './refusal.js';
