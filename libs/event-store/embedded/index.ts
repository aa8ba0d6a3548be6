export { checkedHash } from './append-check.js';
export { openLogReader } from './log-reader.js';
export { openEmbeddedStore, type EmbeddedOptions, type EmbeddedStore } from './store.js';
export { follow, Wakeups } from './wakeups.js';
