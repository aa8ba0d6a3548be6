import { stepOf } from '#runtime';
import * as is from './operation.state.js';
import type { NotedAnswer, Operation } from './operation.state.js';

export type OperatorCommand = 'retry' | 'fail' | 'deprovision' | 'accept-late';

const needsHelp = (state: Operation): boolean =>
  is
    .needsOf(state)
    .flatMap(({ provision, deprovision, secret }) => [provision, deprovision, secret])
    .some((request) => request?.status === 'retrying' || request?.status === 'overdue');

/** The parent was told that it failed: it begins a new operation, so this one may only be taken back. */
export const isReportedFailed = (state: Operation): boolean =>
  state.parent !== undefined && state.report !== undefined && is.endOf(state) === 'failed';

/** Commands that fit the state. */
export function legalCommands(state: Operation): readonly OperatorCommand[] {
  const late = acceptable(state).length > 0 ? (['accept-late'] as const) : [];
  switch (state.status) {
    case 'INITIAL':
    case 'PROVISIONING':
    case 'PROVISIONING_REQUESTED':
    case 'DEPROVISIONING':
    case 'DEPROVISIONING_REQUESTED':
      if (state.givenUp) return [];
      return needsHelp(state) ? ['retry', 'fail'] : ['fail'];
    case 'PROVISIONED':
      return ['deprovision'];
    case 'PROVISIONING_FAILED':
      return [
        ...(isReportedFailed(state) ? [] : (['retry'] as const)),
        ...(is.endOf(state) === undefined ? (['fail'] as const) : []),
        'deprovision',
        ...late,
      ];
    case 'DEPROVISIONING_FAILED':
      // One that only takes back has told its parent, which begins another.
      return isReportedFailed(state) && state.adopted
        ? late
        : ['retry', ...(state.givenUp ? [] : (['fail'] as const)), ...late];
    case 'DEPROVISIONED':
      return late;
  }
}

/** Ids of answers that came too late and say that a request was done which we hold to have failed. */
export const acceptable = (state: Operation): readonly string[] =>
  state.answers
    .filter(({ key, result }) => result !== undefined && is.requestAt(state, stepOf(key))?.status === 'failed')
    .map(({ id }) => id);

export const answerOf = (state: Operation, id: string): NotedAnswer | undefined =>
  state.answers.find((answer) => answer.id === id);
