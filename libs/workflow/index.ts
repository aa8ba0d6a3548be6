export * from './published/index.js';
export * from './application/step.effect.js';
export * from './application/uuid-v5.js';
export * from './domain/definition.js';
export * from './domain/process.decider.js';
export * from './domain/process.state.js';
export { STEP_EFFECT, type StepInput } from './domain/process.next.js';
export type { StepContext } from './domain/step-context.js';
export * from './domain/workflow-registry.js';
