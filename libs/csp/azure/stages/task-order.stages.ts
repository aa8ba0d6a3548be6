import { Type } from 'typebox';
import { established, resultOf, text } from '../../define-stage.js';
import * as shared from './shared.js';

const some = Type.Optional(text);
const plan = { first_enabled_plan_sku: 'properties.enabledAzurePlans.0.skuId' } as const;
const url = 'task_order_billing_verify_url';
const retryAfter = 'task_order_retry_after';

const enable = (value: readonly object[]) =>
  ({
    api: 'arm',
    method: 'PATCH',
    path: shared.BILLING_PROFILE,
    query: shared.BILLING,
    token: 'root',
    body: [{ op: 'replace', path: '/enabledAzurePlans', value }],
  }) as const;

const creation = shared.azureStage({
  name: 'TASK_ORDER_BILLING_CREATION',
  label: 'task order billing creation',
  payload: { billing_account_name: shared.billingAccount, billing_profile_name: shared.profileName },
  calls: [{ ...enable([{ skuId: '0001' }]), take: plan }],
  undo: { calls: [{ ...enable([]), tolerate: ['404'] }], completion: shared.OPERATION },
  begins: { url, retryAfter },
  result: { [url]: some, [retryAfter]: Type.Optional(Type.Number()), first_enabled_plan_sku: some },
  either: [url, 'first_enabled_plan_sku'],
});

const verification = shared.azureStage({
  name: 'TASK_ORDER_BILLING_VERIFICATION',
  label: 'task order billing verification',
  payload: {
    ...shared.operationOf('TASK_ORDER_BILLING_CREATION', url, retryAfter),
    first_enabled_plan_sku: resultOf('TASK_ORDER_BILLING_CREATION', 'first_enabled_plan_sku', some),
  },
  awaits: { url, retryAfter, token: 'root', take: plan },
  completion: shared.OPERATION,
  result: { first_enabled_plan_sku: text },
});

/** One name for a CLIN wherever it is reported: order and number, so that two CLINs of one type do not meet. */
export const INSTRUCTION = '{task_order_number}:CLIN{clin_number}';

export const instruction = shared.azureStage({
  name: 'BILLING_INSTRUCTION',
  label: 'billing instruction',
  payload: {
    billing_account_name: shared.billingAccount,
    billing_profile_name: shared.profileName,
    task_order_number: established('task_order_number'),
    clin_number: established('clin_number'),
    clin_amount: established('clin_amount', Type.Number()),
    clin_start_date: established('clin_start_date'),
    clin_end_date: established('clin_end_date'),
  },
  calls: [
    {
      api: 'arm',
      method: 'PUT',
      path: `${shared.BILLING_PROFILE}/instructions/${INSTRUCTION}`,
      query: shared.BILLING,
      token: 'root',
      body: { properties: { amount: '{clin_amount}', startDate: '{clin_start_date}', endDate: '{clin_end_date}' } },
      take: { reported_clin_name: 'name' },
    },
  ],
  undo: {
    calls: [
      shared.remove({
        api: 'arm',
        path: `${shared.BILLING_PROFILE}/instructions/${INSTRUCTION}`,
        query: shared.BILLING,
        token: 'root',
      }),
    ],
  },
  keeps: ['billing_account_name'],
  result: { reported_clin_name: text, billing_account_name: text },
});

export const taskOrderStages = [creation, verification, instruction];
