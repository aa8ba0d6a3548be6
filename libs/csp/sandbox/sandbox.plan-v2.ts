import { Type } from 'typebox';
import type { StagePlan } from '#portfolio';
import { constant } from '../define-stage.js';
import { account, environmentStage, ownerEmail } from './sandbox.plan.js';

/**
 * Every account has an environment for tests beside the one for production. A portfolio on version 1 may be moved here, unless it named
 * its environment itself: version 2 has no such fact.
 */
export const sandboxPlanV2: StagePlan = {
  csp: 'sandbox',
  name: 'sandbox',
  version: 2,
  facts: Type.Object({ owner_email: ownerEmail }, { additionalProperties: false }),
  stages: [
    account('sandbox.2'),
    environmentStage('sandbox.2', 'PRODUCTION', constant('production')),
    environmentStage('sandbox.2', 'TEST', constant('test')),
  ],
  migrations: [{ from: 1, stages: { ACCOUNT: 'ACCOUNT', ENVIRONMENT: 'PRODUCTION' } }],
};
