import { Type } from 'typebox';
import type { StagePlan } from '#portfolio';
import { defineStage, fact, nameOfPortfolio, resultOf, text, type Field } from '../define-stage.js';

export const ownerEmail = Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$', maxLength: 254 });

/** Begins with 202 and is asked after until it has ended. */
export const account = (plan: string) =>
  defineStage(plan, {
    name: 'ACCOUNT',
    label: 'account',
    payload: { display_name: nameOfPortfolio(60), owner_email: fact('owner_email') },
    calls: [
      {
        api: 'api',
        method: 'POST',
        path: '/accounts',
        body: { displayName: '{display_name}', owner: '{owner_email}' },
        take: { account_id: 'properties.accountId' },
      },
    ],
    completion: { kind: 'poll', everyMs: 2_000, deadlineMs: 3_600_000 },
    result: { account_id: text },
  });

/** Answered at once; reads what the stage before it was told. */
export const environmentStage = (plan: string, name: string, environment: Field) =>
  defineStage(plan, {
    name,
    label: name.toLowerCase(),
    payload: { account_id: resultOf('ACCOUNT', 'account_id'), environment },
    calls: [
      {
        api: 'api',
        method: 'PUT',
        path: '/accounts/{account_id}/environments/{environment}',
        body: { name: '{environment}' },
        take: { environment_id: 'id' },
      },
    ],
    result: { environment_id: text },
  });

export const sandboxPlan: StagePlan = {
  csp: 'sandbox',
  name: 'sandbox',
  version: 1,
  facts: Type.Object(
    { owner_email: ownerEmail, environment: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })) },
    { additionalProperties: false },
  ),
  stages: [
    account('sandbox.1'),
    environmentStage('sandbox.1', 'ENVIRONMENT', {
      schema: text,
      from: { fact: 'environment', otherwise: 'production' },
    }),
  ],
};
