export { openEventStoreDb, type EventStoreDbOptions, type EventStoreDbStore } from './store.js';
export type { StoreHealth } from './health.js';
export type { ParkedEvent } from './records.js';
