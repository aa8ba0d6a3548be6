import type { ContainerNode, Node } from '../node.js';
import type { BranchAdds, BranchReads, FirstAdds } from '../wiring.types.js';

type Branches = Readonly<Record<string, readonly Node[]>>;

/**
 * Branches that begin at once. With join `all` it is done when each of them is, and what all of them add is there afterwards. With `first`
 * the first that is done ends it: nothing of the others begins any more, and what still runs there is recorded and counts no more.
 * Keys `<key>/<branch>/<step>`.
 */
export function parallel<const K extends string, const B extends Branches, const J extends 'all' | 'first' = 'all'>(
  key: K,
  branches: B,
  options: { readonly join?: J } = {},
): ContainerNode<BranchReads<B>, J extends 'first' ? FirstAdds<B> : BranchAdds<B>, K> {
  const all = Object.entries(branches);
  const first = options.join === 'first';
  return {
    kind: 'container',
    key,
    parts: all.map(([branch, nodes]) => ({ prefix: `${branch}/`, nodes })),
    walk(at, visit) {
      let done = !first;
      for (const [branch, nodes] of all) {
        const passed = visit.sequence(nodes, `${at.path}/${branch}/`, at);
        if (first && passed) {
          const others = all.filter(([other]) => other !== branch).map(([other]) => `${at.path}/${other}/`);
          visit.first(at.path, branch, others);
          return true;
        }
        done = passed && done;
      }
      return done;
    },
  };
}
