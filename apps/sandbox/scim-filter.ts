import type { Entry } from './directory.store.js';

export type Equals = (entry: Entry) => boolean;

/** Compared whatever their case (RFC 7643 sections 4.1.1 and 4.2). */
const CASELESS = ['displayname', 'username'];

/**
 * A filter of the form `attribute eq "value"` (RFC 7644 section 3.4.2.2), undefined for any other. The value is a JSON string; scimmy 1.3.5
 * reads no escapes in it, so names with quotes or backslashes would never be found.
 */
export function equalsOf(filter: unknown): Equals | undefined {
  const [, attribute = '', text] = /^\s*([A-Za-z]\w*)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(String(filter)) ?? [];
  const value = text === undefined ? undefined : parse(text);
  if (value === undefined) return undefined;
  const wanted = attribute.toLowerCase();
  const form = (given: unknown) => (CASELESS.includes(wanted) ? String(given).toLowerCase() : given);
  return (entry) =>
    Object.entries(entry).some(([name, held]) => name.toLowerCase() === wanted && form(held) === form(value));
}

function parse(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
