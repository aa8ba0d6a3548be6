export * from './difference.js';
export * from './point.js';
export * from './replay.js';
export * from './time-travel.js';
