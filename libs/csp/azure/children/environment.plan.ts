import { Type } from 'typebox';
import type { StagePlan } from '#portfolio';
import { constant, defineStage, nameOfPortfolio, resultOf, text } from '../../define-stage.js';
import { OPERATION } from '../stages/shared.js';
import { groupName, groupUnder } from './application.plan.js';
import { id, parentStage, principalOf, SECRETS } from './shared.js';

const prefix = 'azure.environment.1';

/** Known only when the CSP says that it is there: accepted is not done. */
const subscription = defineStage(prefix, {
  name: 'SUBSCRIPTION',
  label: 'subscription',
  payload: {
    billing_account_name: resultOf('APPLICATION', 'billing_account_name'),
    billing_profile_name: resultOf('APPLICATION', 'billing_profile_name'),
    invoice_section_name: resultOf('APPLICATION', 'invoice_section_name'),
    management_group_name: resultOf('MANAGEMENT_GROUP', 'management_group_name'),
    sku: constant('0001'),
    display_name: nameOfPortfolio(64),
  },
  calls: [
    {
      api: 'arm',
      method: 'POST',
      path: '/providers/Microsoft.Billing/billingAccounts/{billing_account_name}/billingProfiles/{billing_profile_name}/invoiceSections/{invoice_section_name}/providers/Microsoft.Subscription/createSubscription',
      query: { 'api-version': '2019-10-01-preview' },
      token: 'root',
      body: { displayName: '{display_name}', skuId: '{sku}', managementGroupId: '{management_group_name}' },
      take: { subscription_id: 'properties.subscriptionId' },
    },
  ],
  completion: OPERATION,
  // Cancelled: Azure disables it at once and deletes it ninety days later (Subscription - Cancel, 2020-09-01).
  undo: {
    calls: [
      {
        api: 'arm',
        method: 'POST',
        path: '/subscriptions/{subscription_id}/providers/Microsoft.Subscription/cancel',
        query: { 'api-version': '2020-09-01' },
        token: 'root',
        tolerate: ['404'],
      },
    ],
  },
  result: { subscription_id: text },
});

/** An environment of an application: a management group under the application's, and a subscription in it. */
export const environmentPlan: StagePlan = {
  csp: 'azure.environment',
  name: 'azure.environment',
  version: 1,
  hasChildren: true,
  facts: Type.Object({ application_id: id, group_name: groupName }, { additionalProperties: false }),
  stages: [
    parentStage(
      prefix,
      'APPLICATION',
      ['application_id', 'azure.application'],
      {
        ...principalOf('PORTFOLIO'),
        billing_account_name: 'PORTFOLIO.billing_account_name',
        billing_profile_name: 'PORTFOLIO.billing_profile_name',
        invoice_section_name: 'PORTFOLIO.invoice_section_name',
        parent_group_name: 'MANAGEMENT_GROUP.management_group_name',
      },
      SECRETS,
    ),
    groupUnder(prefix, 'APPLICATION', 'parent_group_name'),
    subscription,
  ],
};
