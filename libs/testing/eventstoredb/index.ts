export { startEventStoreStandIn, type EventStoreStandIn, type StandInOptions } from './stand-in.js';
export type { Fault } from './fault-proxy.js';
