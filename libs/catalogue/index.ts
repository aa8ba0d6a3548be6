export * from './domain/block.js';
export * from './domain/product.js';
