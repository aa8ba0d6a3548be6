import { Type } from 'typebox';
import type { DomainEvent, DrivenDecider, Driving } from '#kernel';
import type { EventSpec } from '#event-store';
import { Requests, requestEventSpecs, type Request, type RequestEvent, type RequestPolicy } from '../index.js';

/** The smallest driven decider: named steps in order, each one request. Only for the laws' tests. */
export interface JobState {
  readonly steps: readonly string[];
  readonly requests: Readonly<Record<string, Request>>;
}
export type JobCommand = { readonly type: 'StartJob'; readonly steps: readonly string[] } | { readonly type: 'Touch' };

const names = {
  started: 'StepStarted',
  accepted: 'StepAccepted',
  retryScheduled: 'StepRetryScheduled',
  completed: 'StepCompleted',
  failed: 'StepFailed',
  handedBack: 'StepHandedBack',
  overdue: 'StepOverdue',
};
const requests = new Requests(names);

export const jobEvents: readonly EventSpec<string, never>[] = [
  { category: 'job', type: 'JobStarted', schema: Type.Object({ steps: Type.Array(Type.String()) }) },
  { category: 'job', type: 'Touched', schema: Type.Object({}) },
  ...requestEventSpecs('job', names),
];

export function jobDecider(policy: RequestPolicy): DrivenDecider<JobState, JobCommand, DomainEvent> {
  const current = (state: JobState) => state.steps.find((step) => state.requests[step]?.status !== 'done');
  return {
    initial: () => ({ steps: [], requests: {} }),
    decide(command: JobCommand | Driving, state) {
      if (command.type === 'StartJob')
        return state.steps.length > 0 ? [] : [{ type: 'JobStarted', data: { steps: command.steps } }];
      if (command.type === 'Touch') return [{ type: 'Touched', data: {} }];
      const step = current(state);
      return step === undefined ? [] : requests.decide(command, state.requests[step], policy, () => undefined);
    },
    evolve(state, event) {
      if (event.type === 'JobStarted') return { ...state, steps: (event.data as { steps: string[] }).steps };
      const { step } = event.data as { step?: string };
      if (step === undefined) return state;
      const request = requests.evolve(state.requests[step], event as RequestEvent);
      return request ? { ...state, requests: { ...state.requests, [step]: request } } : state;
    },
    next(state) {
      const step = current(state);
      if (step === undefined) return [];
      const pollEffect = policy.completion.kind === 'poll' ? 'work' : undefined;
      const spec = { step, effect: 'work', pollEffect, policy, freshInput: () => ({ of: step }) };
      return requests.next(spec, state.requests[step]);
    },
  };
}
