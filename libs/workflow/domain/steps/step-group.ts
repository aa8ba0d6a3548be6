import type { ContainerNode, Node } from '../node.js';
import type { SequenceAdds, SequenceReads } from '../wiring.types.js';

/** Steps that belong together. After a failure it goes on at the step that failed, not at its start. Keys `<key>/<step>`. */
export function stepGroup<const K extends string, const S extends readonly Node[]>(
  key: K,
  steps: S,
): ContainerNode<SequenceReads<S>, SequenceAdds<S>, K> {
  return {
    kind: 'container',
    key,
    parts: [{ prefix: '', nodes: steps }],
    walk: (at, visit) => visit.sequence(steps, `${at.path}/`, at),
  };
}
