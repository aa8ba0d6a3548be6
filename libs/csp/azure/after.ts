import { Type, type Static } from 'typebox';
import type { Duty, Facts, Sources, StagePlan } from '#portfolio';
import { defineStage, text } from '../define-stage.js';
import type { taskOrder } from './facts-v2.js';
import { instruction } from './stages/task-order.stages.js';

/** The owner hears that the portfolio is there. The server's mail effect sends it. */
const notice = defineStage('notice', {
  name: 'MAIL',
  label: 'completion notice',
  payload: {
    password_recovery_email_address: { schema: text, from: { fact: 'password_recovery_email_address' } },
    subject: { schema: text, from: { constant: '' } },
    text: { schema: text, from: { constant: '' } },
  },
  result: { message_id: Type.Optional(text), sent: Type.Boolean() },
});

const CLIN = 'CLIN-{task_order_number}-{clin_number}';
const ofLine = (field: string) => ({ fact: `task_orders.clins.${field}` });

/** What is owed after the last stage of version 2: the notice, and each further CLIN once its period has begun. */
export const afterAzure: NonNullable<StagePlan['after']> = {
  kinds: [
    {
      name: 'NOTICE',
      label: 'completion notice',
      stage: notice,
      when: 'at once',
      from: {
        password_recovery_email_address: { fact: 'password_recovery_email_address' },
        subject: { portfolio: 'name' },
        text: { portfolio: 'name' },
      },
    },
    {
      name: CLIN,
      label: 'further CLIN of a signed task order',
      stage: instruction,
      when: 'from the first day of its period',
      from: {
        billing_account_name: { stage: 'BILLING_INSTRUCTION', field: 'billing_account_name' },
        billing_profile_name: { stage: 'BILLING_PROFILE_VERIFICATION', field: 'billing_profile_name' },
        task_order_number: { fact: 'task_orders.number' },
        clin_number: ofLine('number'),
        clin_amount: ofLine('obligated_amount'),
        clin_start_date: ofLine('start_date'),
        clin_end_date: ofLine('end_date'),
      },
    },
  ],
  owed: (sources) => [noticeTo(sources), ...furtherClins(sources)],
};

const noticeTo = ({ name, facts }: Sources): Duty => ({
  name: 'NOTICE',
  stage: notice,
  input: {
    password_recovery_email_address: facts['password_recovery_email_address'],
    subject: `Portfolio ${name} is ready`,
    text: `The portfolio ${name} has been provisioned completely.`,
  },
  notBefore: 0,
});

/** Reported like the first one and under names of the same make, so none is reported twice. */
function furtherClins({ facts, start, results }: Sources): readonly Duty[] {
  const orders = (facts['task_orders'] ?? []) as readonly Static<typeof taskOrder>[];
  const lines = orders
    .filter(({ signed }) => signed)
    .flatMap(({ number, clins }) => clins.map((clin) => ({ number, clin })));
  const first = ({ number, clin }: (typeof lines)[number]) =>
    number === start['task_order_number'] && clin.number === start['clin_number'];
  const { billing_account_name } = (results['BILLING_INSTRUCTION'] ?? {}) as Facts;
  const { billing_profile_name } = (results['BILLING_PROFILE_VERIFICATION'] ?? {}) as Facts;
  return lines
    .filter((line) => !first(line))
    .map(({ number, clin }) => ({
      name: `CLIN-${number}-${clin.number}`,
      stage: instruction,
      input: {
        billing_account_name,
        billing_profile_name,
        task_order_number: number,
        clin_number: clin.number,
        clin_amount: clin.obligated_amount,
        clin_start_date: clin.start_date,
        clin_end_date: clin.end_date,
      },
      notBefore: Date.parse(clin.start_date),
    }));
}
