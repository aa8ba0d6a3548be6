import { parser } from '@prometheus-io/lezer-promql';

type Node = ReturnType<typeof parser.parse>['topNode'];

/** Labels by the name under which a metric is scraped. */
export type Known = ReadonlyMap<string, readonly string[]>;

/** What a query is made of, by Prometheus' own grammar. Names and labels are those of `known`. */
export interface Asked {
  /** Labels that the answer has. */
  readonly labels: ReadonlySet<string>;
  readonly metrics: readonly string[];
}

/** Throws where `query` is no PromQL, or asks for a metric or for a label that is not there. */
export function asked(query: string, known: Known): Asked {
  const { topNode } = parser.parse(query);
  const text = ({ from, to }: Node) => query.slice(from, to);
  const faults = below(topNode, (name) => name === '⚠');
  if (faults.length > 0) throw new Error(`${query}: no PromQL at ${faults[0]!.from}`);
  const names = (node: Node) => below(node, (name) => name === 'LabelName').map(text);

  const selected = (node: Node): ReadonlySet<string> => {
    const [name = ''] = below(node, (each) => each === 'Identifier').map(text);
    const labels = known.get(name);
    if (labels === undefined) throw new Error(`${query}: there is no metric ${name}`);
    return within(new Set(labels), names(node));
  };
  const grouped = (node: Node): ReadonlySet<string> => {
    const inner = of(children(node).find(({ name }) => name === 'FunctionCallBody')!);
    const modifier = children(node).find(({ name }) => name === 'AggregateModifier');
    const by = modifier === undefined ? [] : names(modifier);
    within(inner, by);
    const kept = modifier !== undefined && text(modifier).startsWith('without');
    if (/^(topk|bottomk)$/.test(text(node.firstChild!))) return inner;
    return new Set(kept ? [...inner].filter((label) => !by.includes(label)) : by);
  };
  const within = (labels: ReadonlySet<string>, wanted: readonly string[]) => {
    const foreign = wanted.find((label) => !labels.has(label));
    if (foreign !== undefined) throw new Error(`${query}: there is no label ${foreign}`);
    return labels;
  };
  /** Of an operation with two sides, those of the left one, unless that is a number. */
  const of = (node: Node): ReadonlySet<string> => {
    if (node.name === 'VectorSelector') return selected(node);
    if (node.name === 'AggregateExpr') return grouped(node);
    const parts = children(node).map(of);
    return parts.find(({ size }) => size > 0) ?? new Set();
  };
  const selectors = below(topNode, (name) => name === 'VectorSelector');
  return { labels: of(topNode), metrics: selectors.map((node) => text(node.firstChild!)) };
}

function children(node: Node): readonly Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

const below = (node: Node, wanted: (name: string) => boolean): readonly Node[] =>
  children(node).flatMap((child) => [...(wanted(child.name) ? [child] : []), ...below(child, wanted)]);
