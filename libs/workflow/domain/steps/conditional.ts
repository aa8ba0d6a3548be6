import type { TProperties } from 'typebox';
import type { ContainerNode, Node } from '../node.js';
import type { SequenceAdds, SequenceReads, Values } from '../wiring.types.js';

export interface ConditionalSpec<R extends TProperties, S extends readonly Node[], K extends string> {
  readonly key: K;
  readonly reads?: R;
  /** Asked again before each step; pure. What it throws fails the step with `condition_failed`. */
  readonly when: (state: Values<R>) => boolean;
  readonly steps: S;
}

/**
 * Steps that only run while a condition holds; one before which it does not is skipped, with a row and an event. What they add may be
 * missing afterwards, and its type says so. Keys `<key>/<step>`.
 */
export function conditional<const K extends string, const S extends readonly Node[], const R extends TProperties = {}>(
  spec: ConditionalSpec<R, S, K>,
): ContainerNode<Values<R> & SequenceReads<S>, Partial<SequenceAdds<S>>, K> {
  const { key, when, steps } = spec;
  return {
    kind: 'container',
    key,
    parts: [{ prefix: '', nodes: steps }],
    walk({ path, data, off }, visit) {
      const passedOver = () => off?.() === true || !when(data as Values<R>);
      return visit.sequence(steps, `${path}/`, { path, data, off: passedOver });
    },
  };
}
