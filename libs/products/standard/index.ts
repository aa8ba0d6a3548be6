export * from './drift.js';
export * from './loaded.js';
export * from './record.js';
export * from './send.js';
export * from './steps.js';
export * from './uses.js';
export * from './workflows.js';
export * from './forms.js';
