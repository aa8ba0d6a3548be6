import type { ContainerNode, Node } from '../node.js';
import type { Data } from '../process.state.js';
import type { SequenceAdds, SequenceReads } from '../wiring.types.js';

type Focused<K extends string, S extends readonly Node[]> =
  object extends SequenceReads<S> ? object : { [P in K]: SequenceReads<S> };

/** Steps that see, and add to, the dictionary at `key` of the state instead of the state. Keys `@<key>/<step>`: the path says it all. */
export function focus<const K extends string, const S extends readonly Node[]>(
  key: K,
  steps: S,
): ContainerNode<Focused<K, S>, { [P in K]: SequenceAdds<S> }, `@${K}`> {
  return {
    kind: 'container',
    key: `@${key}`,
    parts: [{ prefix: '', nodes: steps }],
    walk({ path, data, off }, visit) {
      const inner = data[key];
      const own = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Data) : {};
      return visit.sequence(steps, `${path}/`, { path, data: own, off });
    },
  };
}
