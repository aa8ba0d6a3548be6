export * from './domain/block.js';
export { missingFields, valueFaults } from './domain/block-values.js';
export * from './domain/catalogue.js';
export * from './domain/instances.js';
export * from './domain/member.js';
export * from './domain/product.js';
export type * from './domain/product-view.js';
export { instanceId } from './application/instance-id.js';
