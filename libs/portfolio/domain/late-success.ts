import type { Driving, Failure } from '#kernel';
import { requestKey } from '#runtime';
import type { PortfolioEvent } from '../published/index.js';
import { currentRequest, type In } from './portfolio.state.js';
import type { Stage } from './stage-plan.js';

/**
 * Law 4 for an abandoned portfolio: the first success of what was under way is recorded, because it stays outside and the way back needs
 * what it answered. It changes no status. Anything else that still comes is silence.
 */
export function lateSuccess(
  state: In<'ABANDONED'>,
  stage: Stage | undefined,
  command: Driving,
  misfit: (stage: Stage, result: unknown) => Failure | undefined,
): readonly PortfolioEvent[] {
  const request = currentRequest(state);
  if (stage === undefined || request === undefined || request.status === 'done') return [];
  if (command.type !== 'Outcome' || command.outcome.kind !== 'done') return [];
  const { step, generation } = request;
  const { result } = command.outcome;
  if (command.key !== requestKey(step, generation) || misfit(stage, result)) return [];
  const data = { step, generation, attempt: command.attempt, result, time: command.time };
  return [{ type: 'StageCompletedLate', data }];
}
