export type { FactOf } from './appends.js';
export type * from './flow.types.js';
export { traceFlow } from './flow.js';
export type { FlowPorts } from './gather.js';
