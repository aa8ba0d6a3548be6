import { Refusal, type Failure } from '#kernel';
import { stepOf, type Request } from '#runtime';
import type { OperationEvent } from '../published/index.js';
import { acceptable, answerOf, legalCommands } from './legal-commands.js';
import type { CommandOf } from './operation.commands.js';
import * as is from './operation.state.js';
import type { Operation } from './operation.state.js';
import { conflict, invalid } from './refusals.js';
import { resultFault } from './results.js';

type Events = readonly OperationEvent[];

/** All requests of needs, in order, with their steps. */
const steps = (state: Operation): readonly (readonly [string, Request | undefined])[] =>
  is
    .needsOf(state)
    .flatMap((need) =>
      (['provision', 'deprovision', 'secret'] as const).map(
        (phase) => [is.stepOfNeed(need.need.id, phase), need[phase]] as const,
      ),
    );

/** Requests that failed where all ended, else those that wait for a retry or a person. */
export function retry(state: Operation, { need, time }: CommandOf<'RetryOperation'>): Events {
  if (need !== undefined && !Object.hasOwn(state.needs, need))
    throw new Refusal('need_not_found', 404, `the operation has no need ${need}`, { needs: Object.keys(state.needs) });
  if (!legalCommands(state).includes('retry')) throw conflict(state, 'retry');
  const phase =
    is.isProvisioning(state) || state.status === 'PROVISIONING_FAILED' ? ['provision'] : ['deprovision', 'secret'];
  const wanted = is.hasEnded(state) ? ['failed'] : ['retrying', 'overdue'];
  const resumed = steps(state)
    .filter(([step, request]) => wanted.includes(request?.status ?? '') && phase.some((p) => step.endsWith(`/${p}`)))
    .filter(([step]) => need === undefined || step.startsWith(`${need}/`))
    .map(([step]) => ({ type: 'RequestResumed', data: { step, time } }) as const);
  switch (state.status) {
    case 'PROVISIONING_FAILED':
      return [{ type: 'ProvisioningStarted', data: { time } }, ...resumed];
    case 'DEPROVISIONING_FAILED':
      return [{ type: 'DeprovisioningStarted', data: { time } }, ...resumed];
    default:
      return resumed;
  }
}

/**
 * What waits is given up at once and held to be of unknown outcome. An attempt under way is its owner's until it has ended (law 7): what
 * it brings still counts, but it is not repeated. What may have been made is taken back like everything else.
 */
export function fail(state: Operation, { reason, time }: CommandOf<'FailOperation'>): Events {
  if (state.givenUp) return [];
  if (!legalCommands(state).includes('fail')) throw conflict(state, 'fail');
  if (reason.trim() === '') throw invalid('a reason is needed', [{ pointer: '/reason', message: 'must not be empty' }]);
  const failure: Failure = { kind: 'unknown', code: 'given_up', message: reason };
  const waiting = is.hasEnded(state) ? [] : steps(state).filter(([, request]) => WAITS.includes(request?.status ?? ''));
  return [
    { type: 'OperationGivenUp', data: { reason, time } },
    ...waiting.map(([step, request]) => {
      const { generation, attempt } = request!;
      return { type: 'RequestFailed', data: { step, generation, attempt, failure, time } } as const;
    }),
  ];
}

/** What takes back by itself what it had made goes on: nobody wants what it takes back. What waits for people to go on is given up. */
export function abort(state: Operation, { reason, time }: CommandOf<'AbortOperation'>): Events {
  const failed = state.status === 'PROVISIONING_FAILED' && is.endOf(state) === undefined;
  const wanted = failed || is.isProvisioning(state) || (state.adopted !== undefined && is.isDeprovisioning(state));
  return wanted ? fail(state, { type: 'FailOperation', reason, time }) : [];
}

const WAITS: readonly string[] = ['retrying', 'accepted', 'overdue', 'resumed'];

export function deprovision(state: Operation, { tell, time }: CommandOf<'DeprovisionOperation'>): Events {
  if (is.isDeprovisioning(state) || state.status === 'DEPROVISIONED') return [];
  if (!legalCommands(state).includes('deprovision')) throw conflict(state, 'deprovision');
  return [{ type: 'DeprovisioningStarted', data: { ...(tell && { tell }), time } }];
}

/** What was done after all: a need is met, a resource is gone, or something turned up that has to be taken back. */
export function acceptLate(state: Operation, { answerId, reason, time }: CommandOf<'AcceptLateAnswer'>): Events {
  const answer = answerOf(state, answerId);
  if (answer === undefined)
    throw new Refusal('answer_not_found', 404, 'the operation has no such answer', { answers: acceptable(state) });
  const step = stepOf(answer.key);
  const request = is.requestAt(state, step);
  if (request?.status === 'done') return [];
  const fits = legalCommands(state).includes('accept-late') && acceptable(state).includes(answerId);
  if (!fits || request === undefined) throw conflict(state, 'accept-late');
  const { result } = answer;
  const fault = resultFault(step, result);
  if (fault) throw invalid('the answer does not fit', fault.fields ?? []);
  const { generation, attempt } = request;
  return [
    { type: 'LateAnswerAccepted', data: { step, answerId, reason, time } },
    { type: 'RequestCompleted', data: { step, generation, attempt, result, time } },
    ...(state.status === 'DEPROVISIONING_FAILED' ? [{ type: 'DeprovisioningStarted', data: { time } } as const] : []),
  ];
}
