import type { StagePlan } from '#portfolio';
import { azurePlanV1 } from './plan.js';
import { azurePlanV2 } from './plan-v2.js';

/** Every version a portfolio may still run on. */
export const azurePlans: readonly StagePlan[] = [azurePlanV1, azurePlanV2];
