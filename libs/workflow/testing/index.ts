export type { Disturbance, Point } from './disturbance.js';
export type * from './fakes.js';
export { Lab, type End } from './lab.js';
export * from './plan.js';
export * from './survives.js';
