import { idOf, type RecordedEvent } from '#event-store';
import { PARENT_FACTS, PORTFOLIO_CATEGORY } from '#portfolio/published';
import type { Change, Value } from '../database/view-store.js';
import type { Projection, ProjectionRun } from '../projector/projection.js';

const TABLE = { name: 'portfolio_children', columns: ['parent', 'child', 'position'], key: ['parent', 'child'] };

/** One row for each portfolio that a portfolio ever named as its parent. */
class Children implements ProjectionRun {
  private rows = new Map<string, readonly Value[]>();

  add({ type, stream, data, position }: RecordedEvent): void {
    if (type !== 'PortfolioCreated' && type !== 'FactsAmended') return;
    const { facts } = data as { readonly facts: Readonly<Record<string, unknown>> };
    for (const name of PARENT_FACTS) {
      const parent = facts[name];
      if (typeof parent === 'string') this.rows.set(`${parent} ${stream}`, [parent, idOf(stream), position]);
    }
  }

  flush(): readonly Change[] {
    const upserts = [...this.rows.values()];
    this.drop();
    return [{ table: TABLE, upserts, removals: [] }];
  }

  drop(): void {
    this.rows = new Map();
  }
}

export const childrenProjection: Projection = {
  name: 'portfolio_children',
  version: 1,
  tables: [TABLE],
  categories: [PORTFOLIO_CATEGORY],
  begin: () => new Children(),
};
