export * from './published/index.js';
export * from './domain/answers.js';
export * from './domain/legal-commands.js';
export * from './domain/operation.commands.js';
export * from './domain/operation.decider.js';
export { evolve as evolveOperation } from './domain/operation.evolve.js';
export type { CallInput, EndInput, ReportInput } from './domain/operation.next.js';
export * from './domain/operation.state.js';
export * from './domain/provisioner-terms.js';
