import { Refusal } from '#kernel';
import type { ProcessState } from '../../domain/process.state.js';
import type { WorkflowRegistry } from '../../domain/workflow-registry.js';
import { processStream, type StartProcess } from '../../published/index.js';
import type { Plan, PlanPorts } from './plan.types.js';
import { Rehearsal } from './rehearsal.js';

/** No process has this id: what a run would make ids of is made of it, so that a plan of the same start is the same. */
const NOBODY = processStream('00000000-0000-0000-0000-000000000000');

/**
 * What a run of a workflow would do, step by step, as the log and the systems outside are now: nothing is sent that changes anything and
 * nothing is written. Refusals: those of a start, the subscription's answer to its claim included; `cannot_plan` 422 naming the first
 * step that is reached and does not say what it would do; from 500 on those of systems that were asked. A refusal that would
 * fail a step is no refusal here: the plan says so in `stopped`.
 */
export async function planWorkflow(registry: WorkflowRegistry, start: StartProcess, ports: PlanPorts): Promise<Plan> {
  const rehearsal = new Rehearsal(registry, ports);
  await rehearsal.draft.dispatch(NOBODY, start);
  const stopped = await rehearsal.run();
  const { state } = await rehearsal.draft.load<ProcessState>(NOBODY);
  if (state.status === 'none') throw new Error('a plan has begun');
  if (state.status === 'refused') {
    const { details, ...refusal } = state.refusal;
    throw Refusal.recorded({ ...refusal, details });
  }
  const { steps, changes } = rehearsal.notebook;
  return { workflow: start.workflow, steps, changes, state: state.data, stopped };
}
