export * from './simulated-store.js';
export * from './virtual-clock.js';
export { PostgresServer } from './postgres-server.js';
