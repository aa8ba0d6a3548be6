import type { ContainerNode, Node } from '../node.js';
import type { Data } from '../process.state.js';
import type { SequenceAdds, SequenceReads } from '../wiring.types.js';

/**
 * The steps for each element of the list at `list`, at most `concurrency` at once. They see `item` and `index` beside the state;
 * what they add is kept per element in an array at `key`. Keys `<key>/<index>/<step>`.
 */
export function forEach<const K extends string, const L extends string, const S extends readonly Node[]>(
  key: K,
  list: L,
  steps: S,
  options: { readonly concurrency?: number } = {},
): ContainerNode<
  { [P in L]: readonly unknown[] } & Omit<SequenceReads<S>, 'item' | 'index'>,
  { [P in K]: SequenceAdds<S>[] },
  K
> {
  const limit = options.concurrency ?? 8;
  return {
    kind: 'container',
    key,
    parts: [{ prefix: '*/', nodes: steps, dynamic: true }],
    walk({ path, data, off }, visit) {
      const items = listAt(data, list);
      const entries = listAt(data, key) as readonly Data[];
      let open = 0;
      for (let index = 0; index < items.length && open < limit; index++) {
        const own = Object.assign({}, data, entries[index], { item: items[index], index });
        if (!visit.sequence(steps, `${path}/${index}/`, { path, data: own, off })) open++;
      }
      return open === 0;
    },
  };
}

const listAt = (data: Data, key: string): readonly unknown[] => (Array.isArray(data[key]) ? data[key] : []);
