import { describe, expect, it } from '@jest/globals';
import { isRefusal } from '#kernel';
import { nextInstant } from './instants.js';
import { readTrigger } from './read-trigger.js';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const read = (trigger: string, kwargs: Record<string, unknown> = {}) => readTrigger({ trigger, kwargs }, NOW);

function faultsOf(trigger: string, kwargs: Record<string, unknown> = {}): string[] {
  try {
    read(trigger, kwargs);
    return [];
  } catch (error) {
    if (!isRefusal(error)) throw error;
    expect([error.code, error.status]).toEqual(['invalid_trigger', 422]);
    return error.errors.map(({ pointer }) => pointer);
  }
}

const patternOf = (kwargs: Record<string, unknown>): unknown => (read('cron', kwargs) as { pattern?: string }).pattern;

describe('what people give as a trigger', () => {
  it('a date: with an offset, in a time zone, as seconds, or at once', () => {
    const at = Date.parse('2026-03-01T09:30:00Z');
    expect(read('date', { run_date: '2026-03-01T10:30:00+01:00' })).toEqual({ kind: 'date', at });
    expect(read('date', { run_date: '2026-03-01 10:30', timezone: 'Europe/Amsterdam' })).toEqual({ kind: 'date', at });
    expect(read('date', { run_date: at / 1000 })).toEqual({ kind: 'date', at });
    expect(read('date', { run_date: '2026-03-01' })).toEqual({ kind: 'date', at: Date.parse('2026-03-01T00:00:00Z') });
    expect(read('date')).toEqual({ kind: 'date', at: NOW });
  });

  it('an interval: the sum of its units, from its start or one interval away', () => {
    expect(read('interval', { hours: 1, minutes: 30 })).toEqual({
      kind: 'interval',
      everyMs: 5_400_000,
      from: NOW + 5_400_000,
    });
    expect(
      read('interval', { weeks: 1, start_date: '2026-02-01T00:00:00Z', end_date: '2026-03-01T00:00:00Z' }),
    ).toEqual({
      kind: 'interval',
      everyMs: 604_800_000,
      from: Date.parse('2026-02-01T00:00:00Z'),
      until: Date.parse('2026-03-01T00:00:00Z'),
    });
  });

  it.each([
    [{ hour: 0, minute: 10 }, '0 10 0 * * * *'],
    [{ hour: '*/6' }, '0 0 */6 * * * *'],
    [{ day_of_week: 0 }, '0 0 0 * * 1 *'],
    [{ day_of_week: 'sun', hour: 3 }, '0 0 3 * * 7 *'],
    [{ day_of_week: 'mon-fri', hour: '8-18/2', minute: '0,30' }, '0 0,30 8-18/2 * * 1,2,3,4,5 *'],
    [{ day_of_week: '*/2' }, '0 0 0 * * 1,3,5,7 *'],
    [{ month: 'jan,jul' }, '0 0 0 1 1,7 * *'],
    [{ day: 'last', hour: 22 }, '0 0 22 L * * *'],
    [{ day: '2nd mon' }, '0 0 0 * * 1#2 *'],
    [{ day: 'last sun', hour: 1 }, '0 0 1 * * 0#L *'],
    [{ year: '2027', second: 5 }, '5 * * * * * 2027'],
    [{ minute: '5/20' }, '0 5-59/20 * * * * *'],
    [{ expression: '10 0 * * MON' }, '0 10 0 * * MON'],
    [{ expression: '30 10 0 * * *' }, '30 10 0 * * *'],
  ])('cron %j is %s', (kwargs, pattern) => {
    expect(patternOf(kwargs)).toBe(pattern);
    expect(nextInstant(read('cron', kwargs), NOW)).toBeGreaterThan(NOW);
  });

  it('the time zone is UTC unless it is named', () => {
    expect(read('cron', { hour: 1 })).toMatchObject({ timezone: 'UTC' });
    expect(read('cron', { hour: 1, timezone: 'Europe/Amsterdam' })).toMatchObject({ timezone: 'Europe/Amsterdam' });
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['yearly', {}, ['/trigger']],
    ['constructor', {}, ['/trigger']],
    ['date', { run_date: 'tomorrow' }, ['/trigger_kwargs/run_date']],
    ['date', { run_date: '2026-02-30' }, ['/trigger_kwargs/run_date']],
    ['date', { run_date: '2025-12-31' }, ['/trigger_kwargs/run_date']],
    ['date', { run_date: { a: 1 } }, ['/trigger_kwargs/run_date']],
    ['date', { run_date: 1e300 }, ['/trigger_kwargs/run_date']],
    ['date', { timezone: 'Mars/Base' }, ['/trigger_kwargs/timezone']],
    ['date', { timezone: 5 }, ['/trigger_kwargs/timezone']],
    ['date', { hour: 1 }, ['/trigger_kwargs/hour']],
    ['interval', {}, ['/trigger_kwargs/seconds']],
    ['interval', { seconds: 0 }, ['/trigger_kwargs/seconds']],
    ['interval', { hours: -1, days: 1 }, ['/trigger_kwargs/hours']],
    ['interval', { hours: 1.5, days: 1 }, ['/trigger_kwargs/hours']],
    ['interval', { weeks: 1e9 }, ['/trigger_kwargs/seconds']],
    ['interval', { days: 1, jitter: 5 }, ['/trigger_kwargs/jitter']],
    ['interval', { days: 1, start_date: '2026-03-01', end_date: '2026-02-01' }, ['/trigger_kwargs/end_date']],
    ['interval', { days: 1, end_date: '2025-01-01' }, ['/trigger_kwargs']],
    ['cron', {}, ['/trigger_kwargs/expression']],
    ['cron', { hour: 24 }, ['/trigger_kwargs/hour']],
    ['cron', { hour: '5-3' }, ['/trigger_kwargs/hour']],
    ['cron', { minute: '*/0' }, ['/trigger_kwargs/minute']],
    ['cron', { minute: [1] }, ['/trigger_kwargs/minute']],
    ['cron', { day: 'mon', month: 'x' }, ['/trigger_kwargs/month', '/trigger_kwargs/day']],
    ['cron', { day: '2nd mon', day_of_week: 1 }, ['/trigger_kwargs/day_of_week']],
    ['cron', { week: 3 }, ['/trigger_kwargs/week', '/trigger_kwargs/expression']],
    ['cron', { expression: '61 * * * *' }, ['/trigger_kwargs/expression']],
    ['cron', { expression: '* * * *' }, ['/trigger_kwargs/expression']],
    ['cron', { expression: '@daily' }, ['/trigger_kwargs/expression']],
    ['cron', { expression: `${'1,'.repeat(500)}1 * * * *` }, ['/trigger_kwargs/expression']],
    ['cron', { expression: '0 0 * * *', hour: 1 }, ['/trigger_kwargs/hour']],
    ['cron', { month: 2, day: 31 }, ['/trigger_kwargs']],
    ['cron', { 'a/b': 1, hour: 1 }, ['/trigger_kwargs/a~1b']],
  ])('%s %j is refused at %j', (trigger, kwargs, pointers) => {
    expect(faultsOf(trigger, kwargs)).toEqual(pointers);
  });
});
