export * from './published/index.js';
