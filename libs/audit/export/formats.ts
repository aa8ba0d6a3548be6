import { csvLine, type Cell } from '#kernel';

/** What a line of an export has, in this order; behind it comes `rolling`. */
export const COLUMNS = [
  'n',
  'position',
  'time',
  'stream',
  'revision',
  'type',
  'actor',
  'correlation',
  'causation',
  'command',
  'id',
  'decoded',
  'data',
  'metadata',
] as const;
export type Line = Readonly<Record<(typeof COLUMNS)[number], unknown>>;

export interface ExportFormat {
  readonly name: 'ndjson' | 'csv';
  readonly contentType: string;
  /** Before the first event. */
  readonly head: string;
  /** A line without its rolling hash, and without its end. */
  text(line: Line): string;
  /** The whole line. */
  line(text: string, rolling: string): string;
  /** The last line: what was signed, and the signature. */
  end(signature: string): string;
}

const ndjson: ExportFormat = {
  name: 'ndjson',
  contentType: 'application/x-ndjson; charset=utf-8',
  head: '',
  text: (line) => JSON.stringify(line),
  line: (text, rolling) => `${text.slice(0, -1)},"rolling":"${rolling}"}\n`,
  end: (signature) => `${JSON.stringify({ signature })}\n`,
};

/** One line of the file for each event: what strangers wrote loses its line breaks. */
const cellOf = (value: unknown): Cell => {
  if (typeof value === 'object') return value === null ? null : JSON.stringify(value);
  return typeof value === 'string' ? value.replaceAll(/[\r\n]/g, ' ') : (value as Cell);
};

const csv: ExportFormat = {
  name: 'csv',
  contentType: 'text/csv; charset=utf-8; header=present',
  head: csvLine([...COLUMNS, 'rolling']),
  text: (line) => csvLine(COLUMNS.map((column) => cellOf(line[column]))).slice(0, -2),
  line: (text, rolling) => `${text},${rolling}\r\n`,
  end: (signature) => csvLine(['signature', Buffer.from(signature).toString('base64url')]),
};

export const formats: Readonly<Record<ExportFormat['name'], ExportFormat>> = { ndjson, csv };
