import { describe, expect, it } from '@jest/globals';
import type { Trigger } from '../published/index.js';
import { nextInstant } from './instants.js';

const cron = (pattern: string, timezone = 'Europe/Amsterdam', more: object = {}): Trigger => ({
  kind: 'cron',
  pattern,
  timezone,
  ...more,
});

/** The next `count` instants after a time, as UTC without seconds. */
function instants(trigger: Trigger, after: string, count = 3): string[] {
  const found: string[] = [];
  for (let at: number | null = Date.parse(after); found.length < count;) {
    at = nextInstant(trigger, at);
    if (at === null) break;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

describe('the instants of a trigger', () => {
  it('a date has one, until it is over', () => {
    const date: Trigger = { kind: 'date', at: Date.parse('2026-01-01T10:00:00Z') };
    expect(instants(date, '2026-01-01T09:59:59Z')).toEqual(['2026-01-01T10:00']);
    expect(instants(date, '2026-01-01T10:00:00Z')).toEqual([]);
  });

  it('an interval counts from its beginning, whenever it is asked', () => {
    const from = Date.parse('2026-01-01T10:00:00Z');
    const interval: Trigger = { kind: 'interval', everyMs: 3_600_000, from };
    expect(instants(interval, '2025-12-31T00:00:00Z')).toEqual([
      '2026-01-01T10:00',
      '2026-01-01T11:00',
      '2026-01-01T12:00',
    ]);
    expect(instants(interval, '2026-01-05T11:59:59.999Z', 1)).toEqual(['2026-01-05T12:00']);
    expect(instants(interval, '2026-01-05T12:00:00Z', 1)).toEqual(['2026-01-05T13:00']);
    expect(instants({ ...interval, until: from + 3_600_000 }, '2026-01-01T10:00:00Z')).toEqual(['2026-01-01T11:00']);
  });

  it('a pattern is read in its time zone and within its bounds', () => {
    expect(instants(cron('0 10 0 * * * *', 'UTC'), '2026-01-01T00:10:00Z', 1)).toEqual(['2026-01-02T00:10']);
    expect(instants(cron('0 10 0 * * * *'), '2026-01-01T00:10:00Z', 1)).toEqual(['2026-01-01T23:10']);
    const within = { from: Date.parse('2026-03-01T00:00:00Z'), until: Date.parse('2026-03-02T12:00:00Z') };
    expect(instants(cron('0 0 0 * * * *', 'UTC', within), '2026-01-01T00:00:00Z')).toEqual([
      '2026-03-01T00:00',
      '2026-03-02T00:00',
    ]);
    expect(instants(cron('0 0 0 13 * 5 *', 'UTC'), '2026-01-01T00:00:00Z', 2)).toEqual([
      '2026-02-13T00:00',
      '2026-03-13T00:00',
    ]);
  });

  it('summer time begins: what the clocks leave out runs at its end, once', () => {
    expect(instants(cron('0 30 2 * * * *'), '2026-03-28T00:00:00Z')).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
    expect(instants(cron('0 30 * * * * *'), '2026-03-29T00:00:00Z')).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:30',
      '2026-03-29T02:30',
    ]);
  });

  it('summer time ends: an hour that comes twice runs once where it is named, twice where every hour does', () => {
    expect(instants(cron('0 30 2 * * * *'), '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
    expect(instants(cron('0 30 * * * * *'), '2026-10-25T00:00:00Z')).toEqual([
      '2026-10-25T00:30',
      '2026-10-25T01:30',
      '2026-10-25T02:30',
    ]);
  });

  it('a pattern that never fits has none', () => {
    expect(instants(cron('0 0 0 31 2 * *'), '2026-01-01T00:00:00Z')).toEqual([]);
    expect(instants(cron('0 0 0 1 1 * 2020'), '2026-01-01T00:00:00Z')).toEqual([]);
  });
});
