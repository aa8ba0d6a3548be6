import type { Compiled } from './compiled.js';
import type { Leaf, Node, Place, Visit } from './node.js';
import { isDone, isLeft, rowAt, type ProcessCommon, type Row } from './process.state.js';

/** A leaf at which the walk stopped: it is not done. */
export interface Reached {
  readonly leaf: Leaf;
  readonly row: Row | undefined;
  readonly at: Place;
}

/** One of several branches was first, which is not recorded yet. */
interface Won {
  readonly step: string;
  readonly won: string;
  readonly left: readonly string[];
}

/** The one fold of the tree: goes as far as the steps are done and collects what the first open ones are. */
export class Walk implements Visit {
  reached: Reached[] = [];
  readonly won: Won[] = [];
  readonly done: boolean;

  constructor(
    { definition }: Compiled,
    private readonly state: ProcessCommon,
  ) {
    this.done = this.sequence(definition.steps, '', { path: '', data: state.data, off: undefined });
  }

  sequence(nodes: readonly Node[], prefix: string, { data, off }: Place): boolean {
    for (const node of nodes) if (!this.node(node, { path: prefix + node.key, data, off })) return false;
    return true;
  }

  first(step: string, won: string, left: readonly string[]): void {
    this.reached = this.reached.filter(({ at }) => !left.some((prefix) => at.path.startsWith(prefix)));
    const fresh = left.filter((prefix) => !isLeft(this.state, prefix));
    if (fresh.length > 0) this.won.push({ step, won, left: fresh });
  }

  private node(node: Node, at: Place): boolean {
    if (node.kind === 'container') return node.walk(at, this);
    const row = rowAt(this.state, at.path);
    if (row !== undefined && isDone(row)) return true;
    this.reached.push({ leaf: node, row, at });
    return false;
  }
}

/** Whether a step is about to begin: then its condition counts. After a failure that raised the key it is asked anew. */
export const begins = ({ row }: Reached): boolean =>
  row === undefined || (row.status === 'resumed' && row.attempt === 0);
