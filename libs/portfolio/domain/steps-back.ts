import { CHILDREN } from './children.js';
import { dutyKind } from './duties.js';
import { standing, type Existing, type StageProgress } from './portfolio.state.js';
import { undoStage, type Stage, type StagePlan } from './stage-plan.js';

/** One thing on the way back: its name there, and what it was on the way there. */
export interface StepBack {
  readonly name: string;
  readonly stage: Stage;
  /** Undefined of children, of whom the portfolio knows nothing. */
  readonly progress: StageProgress | undefined;
}

/** Everything that has begun and leaves something outside, in the order in which it was done: stages, duties, children. */
export function stepsBack(state: Existing, plan: StagePlan): readonly StepBack[] {
  const stages = plan.stages.flatMap((stage) => step(stage.name, stage, standing(state, stage.name)));
  const duties = Object.entries(state.duties).flatMap(([name, duty]) => step(name, dutyKind(plan, name)?.stage, duty));
  const children =
    plan.hasChildren && stages.length > 0 ? [{ name: CHILDREN.name, stage: CHILDREN, progress: undefined }] : [];
  return [...stages, ...duties, ...children];
}

const step = (name: string, stage: Stage | undefined, progress: StageProgress | undefined): readonly StepBack[] =>
  stage?.undo === undefined || progress === undefined ? [] : [{ name, stage, progress }];

/** The next one to be taken back: the last that is neither taken back nor left as it is. */
export const nextBack = (state: Existing, plan: StagePlan): StepBack | undefined =>
  stepsBack(state, plan).findLast(({ name }) => {
    const status = state.undone[name]?.status;
    return status !== 'done' && status !== 'left';
  });

/** What takes it back, as a stage of that name. */
export function howBack({ name, stage }: StepBack): Stage | undefined {
  if (stage === CHILDREN) return CHILDREN;
  const undo = undoStage(stage);
  return undo && { ...undo, name };
}
