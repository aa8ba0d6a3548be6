import { describe, expect, it } from '@jest/globals';
import { evaluateForm } from '#workflow';
import { configureSchedule } from './configure-schedule.form.js';

const ask = (...answers: readonly object[]) => evaluateForm(configureSchedule.pages, answers, {});

describe('the form of a schedule', () => {
  it.each([
    ['interval', { hours: 2 }, { weeks: 0, days: 0, hours: 2, minutes: 0, seconds: 0 }],
    ['cron', { hour: '3', minute: '0' }, { hour: '3', minute: '0' }],
    ['date', { run_date: 1_767_225_600 }, { run_date: 1_767_225_600 }],
  ])('%s: asks one page more, and gives what POST /api/schedules takes', async (trigger, answer, trigger_kwargs) => {
    expect(await ask({ trigger })).toMatchObject({ kind: 'more' });
    expect(await ask({ trigger, name: 'nightly' }, answer)).toEqual({
      kind: 'complete',
      data: { trigger, name: 'nightly', trigger_kwargs },
    });
  });

  it.each(['interval', 'cron'])('%s without a time is refused', async (trigger) => {
    expect(await ask({ trigger }, {})).toMatchObject({ kind: 'invalid', errors: [{ loc: ['__root__'] }] });
  });
});
