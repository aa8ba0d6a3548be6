import { Refusal } from '#kernel';
import type { Trigger, TriggerTerms } from '../published/index.js';
import { CRON_FIELDS, patternOf } from './cron-fields.js';
import { cronOf, nextInstant } from './instants.js';
import { Reading } from './reading.js';

const UNITS = { weeks: 604_800, days: 86_400, hours: 3_600, minutes: 60, seconds: 1 } as const;
const BOUNDS = ['start_date', 'end_date', 'timezone'];
/** Characters of an expression: it is read anew for every run. */
const LONGEST = 1_000;
/** Ten years, ms. */
const LONGEST_MS = 10 * 366 * 86_400_000;

const readers: Readonly<Record<string, (reading: Reading, now: number) => Trigger | undefined>> = {
  date: readDate,
  interval: readInterval,
  cron: readCron,
};

/** When to run, from what people gave at `now` (ms since the epoch). Refusal `invalid_trigger` 422 with a pointer for every fault. */
export function readTrigger({ trigger, kwargs }: TriggerTerms, now: number): Trigger {
  const read = Object.hasOwn(readers, trigger) ? readers[trigger] : undefined;
  if (read === undefined) throw invalid([{ pointer: '/trigger', message: 'must be date, interval or cron' }]);
  const reading = new Reading(kwargs);
  const found = read(reading, now);
  if (reading.faults.length > 0 || found === undefined) throw invalid(reading.faults);
  if (nextInstant(found, now - 1) === null)
    throw invalid([{ pointer: '/trigger_kwargs', message: 'this would never run' }]);
  return found;
}

const invalid = (faults: Refusal['errors']): Refusal =>
  new Refusal('invalid_trigger', 422, 'the schedule has no valid trigger', {}, faults);

/** Without a date it runs at once. */
function readDate(reading: Reading, now: number): Trigger {
  reading.allow(['run_date', 'timezone']);
  const at = reading.time('run_date') ?? now;
  if (at < now) reading.fault('run_date', 'is over');
  return { kind: 'date', at };
}

/** Counted from `start_date`, or from now: then the first run is one interval away. */
function readInterval(reading: Reading, now: number): Trigger | undefined {
  reading.allow([...Object.keys(UNITS), ...BOUNDS]);
  const seconds = Object.entries(UNITS).reduce((sum, [unit, length]) => sum + length * count(reading, unit), 0);
  const everyMs = seconds * 1_000;
  if (!(everyMs >= 1_000 && everyMs <= LONGEST_MS))
    return reading.fault('seconds', 'one second at least, ten years at most');
  const { from = now + everyMs, ...until } = bounds(reading);
  return { kind: 'interval', everyMs, from, ...until };
}

function readCron(reading: Reading): Trigger | undefined {
  const expression = reading.get('expression');
  reading.allow(expression === undefined ? [...CRON_FIELDS, ...BOUNDS] : ['expression', ...BOUNDS]);
  const pattern = expression === undefined ? patternOf(reading) : crontab(reading, expression);
  const within = bounds(reading);
  return pattern === undefined ? undefined : { kind: 'cron', pattern, timezone: reading.timezone, ...within };
}

/** The five fields of a crontab (Sunday is 0), or six with the seconds first. */
function crontab(reading: Reading, expression: unknown): string | undefined {
  const fields = typeof expression === 'string' && expression.length <= LONGEST ? expression.trim().split(/\s+/) : [];
  const pattern = fields.length === 5 ? ['0', ...fields].join(' ') : fields.join(' ');
  try {
    if (fields.length === 5 || fields.length === 6) cronOf(pattern, 'UTC');
    else throw new Error('must have five fields, or six with the seconds first, and 1000 characters at most');
    return pattern;
  } catch (error) {
    return reading.fault('expression', (error as Error).message.replace(/^CronPattern: /, ''));
  }
}

function bounds(reading: Reading): { readonly from?: number; readonly until?: number } {
  const from = reading.time('start_date');
  const until = reading.time('end_date');
  if (from !== undefined && until !== undefined && until < from) reading.fault('end_date', 'is before start_date');
  return { ...(from !== undefined && { from }), ...(until !== undefined && { until }) };
}

function count(reading: Reading, unit: string): number {
  const value = reading.get(unit) ?? 0;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  reading.fault(unit, 'must be a whole number, 0 or more');
  return 0;
}
