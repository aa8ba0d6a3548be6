import { Type, type TProperties } from 'typebox';
import { choice, page, timestamp, type Answer, type FormPage, type StandaloneForm } from '#workflow';

const TRIGGERS = { interval: 'Again and again', cron: 'By the calendar', date: 'Once' } as const;
type Trigger = keyof typeof TRIGGERS;

const units = (...names: readonly string[]): TProperties =>
  Object.fromEntries(
    names.map((name) => [name, Type.Integer({ title: name, minimum: 0, maximum: 10_000, default: 0 })]),
  );
const calendar = (...names: readonly string[]): TProperties =>
  Object.fromEntries(names.map((name) => [name, Type.Optional(Type.String({ title: name, maxLength: 100 }))]));
const start = Type.Optional(timestamp({ title: 'First run' }));

/** Names are those of the Workflow Orchestrator's triggers. */
const KWARGS: Readonly<Record<Trigger, TProperties>> = {
  interval: { ...units('weeks', 'days', 'hours', 'minutes', 'seconds'), start_date: start },
  cron: { ...calendar('year', 'month', 'day', 'day_of_week', 'hour', 'minute', 'second'), start_date: start },
  date: { run_date: timestamp({ title: 'When' }) },
};

const pageOf = (trigger: Trigger): FormPage => {
  const schema = page(TRIGGERS[trigger], KWARGS[trigger]);
  return {
    schema: () => schema,
    when: ([first]) => first?.['trigger'] === trigger,
    check: (answer) =>
      Object.values(answer).some((value) => value !== 0 && value !== '')
        ? []
        : [{ loc: ['__root__'], msg: 'Say when it is to run', type: 'value_error', input: answer }],
    enters: (answer) => ({ trigger_kwargs: answer }),
  };
};

const name = Type.Optional(Type.String({ title: 'Name', minLength: 1, maxLength: 255 }));
const first = page('Schedule', { name, trigger: choice('Trigger', TRIGGERS) });

/** When a task is to run: `{name?, trigger, trigger_kwargs}` as POST /api/schedules takes it. */
export const configureSchedule: StandaloneForm = {
  key: 'configure_schedule',
  pages: [{ schema: () => first }, ...(Object.keys(TRIGGERS) as Trigger[]).map(pageOf)],
  result: (data: Answer) => data,
};
