export * from './published/index.js';
export * from './domain/subject.decider.js';
