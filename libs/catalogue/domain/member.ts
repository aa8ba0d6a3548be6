import type { Block, Bounds, From, Member } from './block.js';

/** One block that belongs to the one it is in. */
export const nested = <B extends Block, F extends From>(block: B, from: F): Member<B, F, 'own', 'one'> => ({
  blocks: [block],
  from,
  ownership: 'own',
  multiplicity: 'one',
});

/** A list of blocks that belong to the one it is in. */
export const nestedList = <B extends Block, F extends From>(
  block: B,
  bounds: Bounds,
  from: F,
): Member<B, F, 'own', 'many'> => ({ blocks: [block], from, ownership: 'own', multiplicity: 'many', bounds });

/** A reference to one block of another subscription. */
export const foreign = <B extends Block, F extends From>(block: B, from: F): Member<B, F, 'foreign', 'one'> => ({
  blocks: [block],
  from,
  ownership: 'foreign',
  multiplicity: 'one',
});

/** A list of references to blocks of other subscriptions. */
export const foreignList = <B extends Block, F extends From>(
  block: B,
  bounds: Bounds,
  from: F,
): Member<B, F, 'foreign', 'many'> => ({ blocks: [block], from, ownership: 'foreign', multiplicity: 'many', bounds });

/** One block out of several kinds. Always optional: nothing says which kind a new subscription would begin with. */
export const oneOf = <const B extends readonly Block[]>(...blocks: B): Member<B[number], 'never', 'own', 'one'> => ({
  blocks,
  from: 'never',
  ownership: 'own',
  multiplicity: 'one',
});
