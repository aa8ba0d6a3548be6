/** Keys whose numbers are instants, in ms or in seconds since the epoch. */
const INSTANT = /(At|_at|_date|_time|[sS]ince|[uU]ntil|due|Due|notBefore|^time|^from|^to)$/;
/** Seconds since the epoch are below this, ms above, between the years 1973 and 5138. */
const MILLISECONDS_FROM = 1e11;
const INSTANT_FROM = 1e8;

/** A value for people, on one line: instants as UTC, nothing as a dash, what is nested as JSON. */
export function show(key: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'number' && value > INSTANT_FROM && INSTANT.test(key)) return instant(value);
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return plain(value.join(', ')) || '-';
  return plain(typeof value === 'string' ? value : JSON.stringify(value));
}

function instant(value: number): string {
  const date = new Date(value < MILLISECONDS_FROM ? value * 1_000 : value);
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

/** Names and notes come from strangers: what would steer the terminal is shown as a question mark. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?');
