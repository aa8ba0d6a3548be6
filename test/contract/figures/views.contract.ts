import { describe, expect, it } from '@jest/globals';
import { overview, projections, wants, type ReadModels } from '#read-models';
import { eventRegistry } from '../../../apps/server/composition/event-types.js';
import { dump } from '../read-models.fixture.js';
import type { Run } from './run.js';
import { COMPARED_AS_FIGURES, expectedOverview, READ_FROM_STREAMS, VIEWS } from './views.js';

type Row = Record<string, unknown>;

const sorted = (rows: readonly object[]) =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

/** A row with what its document says beside. */
const whole = (row: Row): Row => ({ ...(typeof row['doc'] === 'string' && (JSON.parse(row['doc']) as Row)), ...row });
const only = (row: Row, like: Row): Row =>
  Object.fromEntries(Object.keys(like).map((name) => [name, row[name] ?? null]));

/** Every view has the rows that a fold of the log has, and the overview tells them. */
export async function compareViews(models: ReadModels, run: Run): Promise<void> {
  const views = await dump(models);
  for (const [table, expected] of Object.entries(VIEWS)) {
    const rows = expected(run);
    const found = (views[table] as Row[]).map((row) => (rows[0] ? only(whole(row), rows[0]) : row));
    expect([table, sorted(found)]).toEqual([table, sorted(rows)]);
  }
  const now = run.events.at(-1)!.metadata.time + 1_000;
  expect(await overview(models, now)).toMatchObject(expectedOverview(run, now));
}

export function registriesContract(): void {
  describe('what is compared with a fold of the log', () => {
    it('is every table of every view', () => {
      const tables = projections.flatMap((projection) => projection.tables.map(({ name }) => name));
      expect([...Object.keys(VIEWS), ...COMPARED_AS_FIGURES].sort()).toEqual(tables.sort());
    });

    it('is every category of which there are views', () => {
      const own = projections.filter(({ name }) => !['worklist', 'causes', 'streams'].includes(name));
      const categories = [
        ...new Set(
          eventRegistry()
            .all()
            .map(({ spec }) => spec.category),
        ),
      ];
      const seen = categories.filter((category) => own.some((projection) => wants(projection, category)));
      expect([...seen, ...Object.keys(READ_FROM_STREAMS)].sort()).toEqual(categories.sort());
    });
  });
}
