import { Refusal, type Outcome } from '#kernel';
import { perform, type Perform } from '../step.effect.js';
import type { Notebook } from './notebook.js';

/** Does what a step's handler would do, as far as the step says how. Refusal `cannot_plan` 422 naming the step where it does not. */
export const stepPlanner =
  (notebook: Notebook): Perform =>
  async (node, input, context) => {
    if (node.plan === undefined) throw cannotPlan(notebook.here);
    if (node.plan === 'as_it_runs') return perform(node, input, context);
    const { effects = [], adds = {}, unknown } = await node.plan(input.state as never, context);
    notebook.effects(effects);
    return unknown === undefined ? { kind: 'done', result: adds } : notKnown(unknown);
  };

const cannotPlan = (step: string) =>
  new Refusal('cannot_plan', 422, `step ${step} does not say what it would do`, { step });

const notKnown = (message: string): Outcome => ({
  kind: 'failed',
  failure: { kind: 'unknown', code: 'known_after_run', message },
});
