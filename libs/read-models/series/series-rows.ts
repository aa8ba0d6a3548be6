import type { Change, TableShape, Value } from '../database/view-store.js';
import { keepRecent } from '../projector/keep-recent.js';
import type { Missing } from '../projector/projection.js';
import { FIGURES, type FigureName } from './figures.js';
import { periodsOf } from './periods.js';
import { addTo, readSketch, writeSketch } from './sketch.js';

export const SERIES: TableShape = {
  name: 'series',
  columns: ['period', 'figure', 'labels', 'count', 'sum', 'sketch', 'position'],
  key: ['period', 'figure', 'labels'],
};

interface Row {
  readonly figure: string;
  readonly labels: string;
  count: number;
  sum: number;
  readonly sketch: Map<number, number> | undefined;
  position: number;
}
type Period = Map<string, Row>;

/** Periods kept in memory between batches: for all time, and the hours and days around now. */
const KEPT = 6;

/** The rows of the series that events of late count in, by period. */
export class SeriesRows {
  /** Most recently used last. */
  private readonly held = new Map<string, Period>();
  private readonly changed = new Map<Row, string>();

  missing(at: number): readonly Missing[] {
    return periodsOf(at)
      .filter((period) => !this.held.has(period))
      .map((id) => ({ table: SERIES, id }));
  }

  hold(row: Readonly<Record<string, unknown>>): void {
    const [figure, labels] = [String(row['figure']), String(row['labels'])];
    const sketch = row['sketch'] === null ? undefined : readSketch(row['sketch'] as string);
    const [count, sum, position] = ['count', 'sum', 'position'].map((name) => Number(row[name])) as [
      number,
      number,
      number,
    ];
    this.periodAt(String(row['period'])).set(keyOf(figure, labels), { figure, labels, count, sum, sketch, position });
  }

  /** Counts once, however often the event at `position` comes: a row holds what is at or below its own. */
  add(figure: FigureName, labelValues: readonly string[], ms: number, at: number, position: number): void {
    const labels = JSON.stringify(labelValues);
    const key = keyOf(figure, labels);
    for (const period of periodsOf(at)) {
      const rows = this.periodAt(period);
      const row = rows.get(key) ?? begin(rows, key, figure, labels);
      if (row.position >= position) continue;
      row.position = position;
      row.count++;
      row.sum += ms;
      if (row.sketch) addTo(row.sketch, ms);
      this.changed.set(row, period);
    }
  }

  flush(): Change {
    const upserts = [...this.changed].map(([row, period]) => valuesOf(row, period));
    for (const period of new Set(this.changed.values())) this.use(period);
    this.changed.clear();
    keepRecent(this.held, KEPT);
    return { table: SERIES, upserts, removals: [] };
  }

  drop(): void {
    this.held.clear();
    this.changed.clear();
  }

  private use(name: string): void {
    const period = this.held.get(name)!;
    this.held.delete(name);
    this.held.set(name, period);
  }

  private periodAt(name: string): Period {
    const known = this.held.get(name);
    if (known !== undefined) return known;
    const period: Period = new Map();
    this.held.set(name, period);
    return period;
  }
}

function begin(rows: Period, key: string, figure: FigureName, labels: string): Row {
  const sketch = FIGURES[figure].kind === 'time' ? new Map<number, number>() : undefined;
  const row: Row = { figure, labels, count: 0, sum: 0, sketch, position: 0 };
  rows.set(key, row);
  return row;
}

const keyOf = (figure: string, labels: string): string => `${figure} ${labels}`;

const valuesOf = ({ figure, labels, count, sum, sketch, position }: Row, period: string): readonly Value[] => [
  period,
  figure,
  labels,
  count,
  sum,
  sketch ? writeSketch(sketch) : null,
  position,
];
