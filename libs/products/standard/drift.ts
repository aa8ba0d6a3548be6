import { Type } from 'typebox';
import { DifferenceSchema, type Difference } from '#subscription/published';
import { step } from '#workflow';
import { send } from './send.js';
import { id } from './steps.js';

/** Added to the state by the step of a validation that compares; empty when all is as recorded. */
export const drift = { drift: Type.Array(DifferenceSchema) };
/** Added to the state by the step that applies the recorded configuration: what was otherwise outside before, and is not any more. */
export const changes = { external_changes: Type.Array(DifferenceSchema) };

/** A field that is not as recorded, as a list of none or one. */
export const differs = (path: string, expected: unknown, found: unknown): readonly Difference[] =>
  expected === found ? [] : [{ path, expected, found: found ?? null }];

/** The end of a validation: what it found puts the subscription out of sync; if it found nothing, recorded and outside are the same. */
export const unlockUnlessDrifted = step({
  key: 'resync',
  name: 'Unlock subscription',
  reads: { ...id, ...drift },
  async handler({ subscription_id, drift: differences }, context) {
    const about = { processId: context.processId, time: context.now() };
    await send(context, subscription_id, { type: 'ReportDrift', differences, ...about });
    if (differences.length === 0) await send(context, subscription_id, { type: 'Resync', ...about });
    return {};
  },
  plan: 'as_it_runs',
});

/**
 * The end of a reconcile: all is as recorded again. Nobody else's failed process is overruled by that, because it would hold the
 * subscription, and this one could not have begun.
 */
export const unlockRepaired = step({
  key: 'resync',
  name: 'Unlock subscription',
  reads: { ...id, found_by_validation: Type.Union([Type.String(), Type.Null()]), ...changes },
  adds: { repaired_validation: Type.Union([Type.String(), Type.Null()]) },
  async handler({ subscription_id, found_by_validation }, context) {
    const about = { processId: context.processId, time: context.now() };
    await send(context, subscription_id, { type: 'ReportDrift', differences: [], ...about });
    await send(context, subscription_id, { type: 'Resync', ...about });
    return { repaired_validation: found_by_validation };
  },
  plan: 'as_it_runs',
});

/** Lock of a reconcile: notes which validation's findings it is about to repair, if any. */
export const lockForRepair = step({
  key: 'unsync',
  name: 'Lock subscription',
  reads: id,
  adds: { found_by_validation: Type.Union([Type.String(), Type.Null()]) },
  async handler({ subscription_id }, context) {
    const { processId } = context;
    const state = await send(context, subscription_id, { type: 'Unsync', processId, time: context.now() });
    return { found_by_validation: state.drift?.processId ?? null };
  },
  plan: 'as_it_runs',
});
