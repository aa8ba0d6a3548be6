import type { Row } from '../http/pages.js';
import { show } from './text.js';
import { table } from './table.js';

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
const isRows = (value: unknown): value is readonly Row[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject);
const isSection = (value: unknown) => isRows(value) || (isObject(value) && Object.keys(value).length > 0);

/** Everything of an object: its plain fields first, then what is nested, lists of objects as tables. */
export function detail(object: Row, width?: number, indent = ''): string {
  const entries = Object.entries(object);
  const fields = entries.filter(([, value]) => !isSection(value));
  const longest = Math.max(0, ...fields.map(([key]) => key.length));
  const lines = fields.map(([key, value]) => `${indent}${key.padEnd(longest)}  ${show(key, value)}`);
  const sections = entries.filter(([, value]) => isSection(value));
  return [...lines, ...sections.map(([key, value]) => section(key, value, width, indent))].join('\n');
}

function section(key: string, value: unknown, width: number | undefined, indent: string): string {
  const inner = `${indent}  `;
  const heading = `${indent === '' ? '\n' : ''}${indent}${key}`;
  if (!isRows(value)) return `${heading}\n${detail(value as Row, width, inner)}`;
  const room = width === undefined ? undefined : width - inner.length;
  const text = table(value, columnsOf(value), room);
  return `${heading}\n${text.replace(/^/gm, inner)}`;
}

/** Every key that has a value in some row, in the order in which they come. */
function columnsOf(rows: readonly Row[]) {
  const keys = new Set(rows.flatMap((row) => Object.keys(row).filter((key) => show(key, row[key]) !== '-')));
  return [...keys].map((key) => ({ key }));
}
