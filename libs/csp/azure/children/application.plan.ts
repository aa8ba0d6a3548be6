import { Type } from 'typebox';
import type { StagePlan } from '#portfolio';
import { defineStage, nameOfPortfolio, resultOf, text } from '../../define-stage.js';
import { MANAGEMENT, MANAGEMENT_GROUPS, OPERATION, remove } from '../stages/shared.js';
import { id, parentStage, PRINCIPAL, SECRETS, signIn } from './shared.js';

const GROUP = `${MANAGEMENT_GROUPS}/{management_group_name}`;

/** A management group under another one, under a name of its own. */
export const groupUnder = (prefix: string, parent: string, parentField: string) =>
  defineStage(prefix, {
    name: 'MANAGEMENT_GROUP',
    label: 'management group',
    payload: {
      ...signIn(parent),
      parent_group_name: resultOf(parent, parentField),
      management_group_name: { schema: text, from: { fact: 'group_name' } },
      display_name: nameOfPortfolio(90),
    },
    calls: [
      {
        api: 'arm',
        method: 'PUT',
        path: GROUP,
        query: MANAGEMENT,
        token: 'principal',
        body: {
          properties: {
            displayName: '{display_name}',
            details: { parent: { id: `${MANAGEMENT_GROUPS}/{parent_group_name}` } },
          },
        },
        take: { management_group_name: 'name' },
      },
    ],
    completion: OPERATION,
    undo: {
      calls: [remove({ api: 'arm', path: GROUP, query: MANAGEMENT, token: 'principal' })],
      completion: OPERATION,
    },
    result: { management_group_name: text },
  });

/** Azure's rule for names of management groups, as far as it is needed. */
export const groupName = Type.String({ pattern: '^[a-zA-Z0-9\\-_]{1,90}$' });

/** An application of a portfolio: a management group under the tenant's root group. */
export const applicationPlan: StagePlan = {
  csp: 'azure.application',
  name: 'azure.application',
  version: 1,
  hasChildren: true,
  facts: Type.Object({ portfolio_id: id, group_name: groupName }, { additionalProperties: false }),
  stages: [
    parentStage(
      'azure.application.1',
      'PORTFOLIO',
      ['portfolio_id', 'azure'],
      {
        ...PRINCIPAL,
        billing_account_name: 'BILLING_INSTRUCTION.billing_account_name',
        billing_profile_name: 'BILLING_PROFILE_VERIFICATION.billing_profile_name',
        invoice_section_name: 'BILLING_PROFILE_VERIFICATION.invoice_section_name',
      },
      SECRETS,
    ),
    groupUnder('azure.application.1', 'PORTFOLIO', 'tenant_id'),
  ],
};
