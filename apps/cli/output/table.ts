import type { Row } from '../http/pages.js';
import { show } from './text.js';

/** A column: where it is in the row (`a.b` for nested) and what stands above it. */
export interface Column {
  readonly key: string;
  readonly title?: string;
}

/** Columns no wider than this are never cut. */
const NARROW = 12;
const GAP = 2;

/** Aligned columns under their titles; with a width the widest columns are cut to fit, without it nothing is. */
export function table(rows: readonly Row[], columns: readonly Column[], width?: number): string {
  const titles = columns.map(({ key, title }) => (title ?? key).toUpperCase());
  const cells = rows.map((row) => columns.map(({ key }) => show(key.split('.').at(-1)!, at(row, key))));
  const wanted = titles.map((title, i) => Math.max(title.length, ...cells.map((line) => line[i]!.length)));
  const widths = width === undefined ? wanted : fitted(wanted, width - GAP * (columns.length - 1));
  return [titles, ...cells].map((line) => lineOf(line, widths)).join('\n');
}

/** What is at `a.b` of a row. */
export const at = (row: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Row | null | undefined)?.[key], row);

/** Takes from the widest, one character at a time, until the line fits or all are narrow. */
function fitted(wanted: readonly number[], room: number): readonly number[] {
  const widths = [...wanted];
  let over = widths.reduce((sum, each) => sum + each, 0) - room;
  while (over-- > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= NARROW) break;
    widths[widest]!--;
  }
  return widths;
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  const cut = (text: string, width: number) => (text.length > width ? `${text.slice(0, width - 1)}…` : text);
  return cells
    .map((cell, i) => cut(cell, widths[i]!).padEnd(widths[i]!))
    .join(' '.repeat(GAP))
    .trimEnd();
}
