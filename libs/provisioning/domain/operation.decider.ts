import type { DrivenDecider, Driving } from '#kernel';
import { stepOf } from '#runtime';
import type { OperationEvent } from '../published/index.js';
import { note } from './answers.js';
import { create, isSameOperation } from './create-operation.js';
import type { OperationCommand } from './operation.commands.js';
import { evolve, requests } from './operation.evolve.js';
import { owed, policyOf } from './operation.next.js';
import { isReport, needAt, REPORT, requestAt, type Operation, type OperationState } from './operation.state.js';
import { abort, acceptLate, deprovision, fail, retry } from './operator-commands.js';
import type { ProvisionerTerms } from './provisioner-terms.js';
import { noOperation, otherManifest } from './refusals.js';
import { resultFault } from './results.js';
import { settled } from './settle.js';

type Events = readonly OperationEvent[];
export type OperationDecider = DrivenDecider<OperationState, OperationCommand, OperationEvent>;

/**
 * The provisioning operation as a driven decider. Refusals: `operation_not_found` 404, `operation_exists` 409, `state_conflict` 409 (with
 * the state and the commands that fit), `validation_failed` 400, `need_not_found` and `answer_not_found` 404.
 */
export function operationDecider(terms: ProvisionerTerms): OperationDecider {
  return {
    initial: () => ({ status: 'ABSENT' }),
    evolve,
    next: (state) => (state.status === 'ABSENT' ? [] : owed(state, terms)),
    decide: (command, state) => settled(decide(command, state, terms), state, command.time),
  };
}

function decide(command: OperationCommand | Driving, state: OperationState, terms: ProvisionerTerms): Events {
  if (command.type === 'CreateOperation') {
    if (state.status === 'ABSENT') return create(command, terms);
    if (isSameOperation(state, command)) return [];
    throw otherManifest();
  }
  const driving = command.type === 'Outcome' || command.type === 'Due' || command.type === 'HandBack';
  if (driving) return state.status === 'ABSENT' ? [] : drive(command, state);
  if (state.status === 'ABSENT') throw noOperation();
  switch (command.type) {
    case 'RetryOperation':
      return retry(state, command);
    case 'FailOperation':
      return fail(state, command);
    case 'AbortOperation':
      return abort(state, command);
    case 'DeprovisionOperation':
      return deprovision(state, command);
    case 'AcceptLateAnswer':
      return acceptLate(state, command);
  }
}

function drive(command: Driving, state: Operation): Events {
  const keys = command.type === 'HandBack' ? command.keys : [command.key];
  const events = keys.flatMap((key) => driveOne(command, state, stepOf(key)));
  return events.length === 0 && command.type === 'Outcome' ? note(command, state) : events;
}

function driveOne(command: Driving, state: Operation, step: string): Events {
  const found = needAt(state, step);
  if (found === undefined && !isReport(step)) return [];
  const givenUp = found !== undefined && state.givenUp;
  const policy = policyOf(found?.need.terms, found?.phase ?? REPORT, givenUp);
  const check = (result: unknown) => resultFault(step, result);
  return requests.decide(givenUp ? notAwaited(command) : command, requestAt(state, step), policy, check) as Events;
}

/** What the other side only takes after it was given up is not waited for. */
function notAwaited(command: Driving): Driving {
  if (command.type !== 'Outcome' || command.outcome.kind !== 'accepted') return command;
  const failure = { kind: 'unknown', code: 'given_up', message: 'accepted after it had been given up' } as const;
  return { ...command, outcome: { kind: 'failed', failure } };
}
