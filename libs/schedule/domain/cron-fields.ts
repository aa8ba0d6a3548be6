import type { Reading } from './reading.js';

/** Fields of a cron trigger, the most significant first, with what they may hold and what they are when a lesser one is given. */
const FIELDS = [
  { name: 'year', from: 1970, to: 9999, least: '*' },
  { name: 'month', from: 1, to: 12, least: '1' },
  { name: 'day', from: 1, to: 31, least: '1' },
  { name: 'day_of_week', from: 0, to: 6, least: '*' },
  { name: 'hour', from: 0, to: 23, least: '0' },
  { name: 'minute', from: 0, to: 59, least: '0' },
  { name: 'second', from: 0, to: 59, least: '0' },
] as const;
type Field = (typeof FIELDS)[number];
type FieldName = Field['name'];

export const CRON_FIELDS: readonly string[] = FIELDS.map(({ name }) => name);

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Weeks begin on Monday, which is 0. */
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * A pattern of seven fields (seconds first, year last) from the fields of APScheduler's cron trigger. Fields that are not given are `*`
 * when a less significant one is given, and their least value otherwise (`day_of_week` and `year` always `*`). Faults go to `reading`.
 */
export function patternOf(reading: Reading): string | undefined {
  const least = FIELDS.findLastIndex(({ name }) => reading.get(name) !== undefined);
  if (least < 0) return reading.fault('expression', `must be given, or one of ${CRON_FIELDS.join(', ')}`);
  const values = {} as Record<FieldName, string>;
  for (const [index, field] of FIELDS.entries()) {
    const given = reading.get(field.name);
    values[field.name] = given === undefined ? (index < least ? '*' : field.least) : fieldOf(field, given, reading);
  }
  const weekday = weekdayInMonth(values.day);
  if (weekday !== undefined) {
    if (values.day_of_week !== '*') reading.fault('day_of_week', 'cannot be given where day names a weekday');
    values.day_of_week = weekday;
    values.day = '*';
  }
  const { second, minute, hour, day, month, day_of_week, year } = values;
  return [second, minute, hour, day, month, day_of_week, year].join(' ');
}

function fieldOf(field: Field, given: unknown, reading: Reading): string {
  const text = typeof given === 'number' ? String(given) : typeof given === 'string' ? given.trim().toLowerCase() : '';
  if (field.name === 'day' && (text === 'last' || weekdayInMonth(text) !== undefined))
    return text === 'last' ? 'L' : text;
  const items = text.split(',').map((item) => itemOf(field, item.trim()));
  if (items.includes(undefined)) {
    reading.fault(
      field.name,
      `must be *, a number from ${field.from} to ${field.to}, a range, a step or a list of them`,
    );
    return '*';
  }
  return [...new Set(items as string[])].join(',');
}

/** One item of a list as croner reads it; undefined when it is none. */
function itemOf({ name, from, to }: Field, item: string): string | undefined {
  const parts = /^(?:(\*)|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d{1,4}))?$/.exec(item);
  if (parts === null) return undefined;
  const [, all, first, last, step] = parts;
  const begin = all === undefined ? numberOf(name, first!) : from;
  const end = all === undefined ? (last === undefined ? (step === undefined ? begin : to) : numberOf(name, last)) : to;
  const by = step === undefined ? 1 : Number(step);
  if (!(begin >= from && end <= to && begin <= end && by >= 1)) return undefined;
  if (name === 'day_of_week') return daysOf(begin, end, by);
  if (all !== undefined) return step === undefined ? '*' : `*/${by}`;
  return (end === begin ? `${begin}` : `${begin}-${end}`) + (step === undefined || end === begin ? '' : `/${by}`);
}

function numberOf(name: FieldName, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  if (name === 'month') return MONTHS.indexOf(text) + 1 || NaN;
  const day = name === 'day_of_week' ? DAYS.indexOf(text) : -1;
  return day < 0 ? NaN : day;
}

/** Croner's weeks begin on Sunday: Monday is 1 there, Sunday 7. */
function daysOf(begin: number, end: number, by: number): string {
  const days: number[] = [];
  for (let day = begin; day <= end; day += by) days.push(day + 1);
  return days.length === 7 ? '*' : days.join(',');
}

/** `2nd mon`, `last fri`, as croner has it: `1#2`, `5#L`. */
function weekdayInMonth(text: string): string | undefined {
  const [, which, name] = /^(1st|2nd|3rd|4th|5th|last) (mon|tue|wed|thu|fri|sat|sun)$/.exec(text) ?? [];
  if (which === undefined || name === undefined) return undefined;
  return `${(DAYS.indexOf(name) + 1) % 7}#${which === 'last' ? 'L' : which[0]}`;
}
