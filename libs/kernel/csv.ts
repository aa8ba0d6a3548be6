/** What begins a formula in a spreadsheet, also in full width; what strangers wrote must never be run as one (CWE-1236). */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

export type Cell = string | number | boolean | null | undefined;

/**
 * One line of CSV (RFC 4180) with its end. Texts are quoted where they must be; one that a spreadsheet would take for a formula has an
 * apostrophe before it, as such programs write themselves. Numbers stay numbers; nothing is an empty cell.
 */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value.replaceAll('\0', '')) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
