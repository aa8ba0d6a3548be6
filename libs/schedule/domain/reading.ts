import { Cron } from 'croner';
import type { Fault } from '#kernel';

/** The arguments of a trigger while they are read: what is wrong with them is gathered, each fault with its pointer. */
export class Reading {
  readonly faults: Fault[] = [];
  readonly timezone: string;

  constructor(private readonly kwargs: Readonly<Record<string, unknown>>) {
    this.timezone = this.readTimezone();
  }

  /** What forms leave empty is absent. */
  get(name: string): unknown {
    const value = this.kwargs[name];
    return value === null || value === '' ? undefined : value;
  }

  fault(name: string, message: string): undefined {
    this.faults.push({ pointer: `/trigger_kwargs/${name}`, message });
    return undefined;
  }

  /** Faults for arguments that are not in `names`. */
  allow(names: readonly string[]): void {
    for (const name of Object.keys(this.kwargs))
      if (!names.includes(name))
        this.fault(escaped(name), `is no argument of this trigger; known: ${names.join(', ')}`);
  }

  /**
   * A time as ISO 8601 text, read in the time zone unless it names an offset, or as a number of seconds since the epoch. Answers ms since
   * the epoch; undefined when absent or faulty.
   */
  time(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const found = typeof value === 'number' ? value * 1_000 : typeof value === 'string' ? this.parse(value) : NaN;
    if (Number.isFinite(found) && Math.abs(found) <= LATEST) return Math.round(found);
    return this.fault(name, 'must be a date and time as in 2026-03-29T02:30:00+01:00, or seconds since the epoch');
  }

  private parse(text: string): number {
    const parts = TIME.exec(text);
    if (parts === null) return NaN;
    const [, date, clock = '00:00', offset] = parts;
    const local = `${date}T${clock.length === 5 ? `${clock}:00` : clock}`;
    const asUtc = Date.parse(`${local}Z`);
    // JavaScript takes February 30 for a day in March.
    if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 10) !== date) return NaN;
    if (offset !== undefined) return Date.parse(local + offset);
    const whole = new Cron(local.slice(0, 19), { timezone: this.timezone, paused: true }).nextRun(new Date(0));
    return (whole?.getTime() ?? NaN) + (asUtc % 1_000);
  }

  private readTimezone(): string {
    const zone = this.get('timezone') ?? 'UTC';
    try {
      if (typeof zone === 'string') return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    } catch {
      // Told below, as for what is no text.
    }
    this.fault('timezone', 'must be an IANA time zone, such as Europe/Amsterdam');
    return 'UTC';
  }
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?(Z|[+-]\d\d:?\d\d)?$/;
/** The end of the year 9999. */
const LATEST = 253_402_300_799_999;
/** As a part of a JSON pointer (RFC 6901). */
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
