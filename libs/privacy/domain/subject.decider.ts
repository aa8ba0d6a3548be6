import { never, type DrivenDecider, type Run } from '#kernel';
import type { SubjectEvent } from '../published/index.js';

/** `time`: ms since the epoch. */
export interface ForgetSubject {
  readonly type: 'ForgetSubject';
  readonly subject: string;
  readonly reason: string;
  readonly time: number;
}

export const FORGET_EFFECT = 'privacy.forget';
export interface ForgetInput {
  readonly subject: string;
}

/** Times in ms since the epoch. */
export type SubjectState =
  | { readonly status: 'known' }
  | { readonly status: 'forgetting'; readonly subject: string; readonly since: number }
  | { readonly status: 'forgotten'; readonly subject: string; readonly at: number };

const KEY = 'forget/1';
/** Pace of attempts that came to nothing, ms. */
const AGAIN_MS = 5_000;

/** A subject is forgotten once and for good: a repeat is silence. Deleting a key twice changes nothing, so its effect needs no intent. */
export const subjectDecider: DrivenDecider<SubjectState, ForgetSubject, SubjectEvent> = {
  initial: () => ({ status: 'known' }),
  decide(command, state) {
    if (command.type === 'ForgetSubject') {
      const { subject, reason, time } = command;
      return state.status === 'known' ? [{ type: 'ForgettingRequested', data: { subject, reason, time } }] : [];
    }
    if (command.type !== 'Outcome' || command.key !== KEY || command.outcome.kind !== 'done') return [];
    return state.status === 'forgetting'
      ? [{ type: 'SubjectForgotten', data: { subject: state.subject, time: command.time } }]
      : [];
  },
  evolve(_state, event) {
    switch (event.type) {
      case 'ForgettingRequested':
        return { status: 'forgetting', subject: event.data.subject, since: event.data.time };
      case 'SubjectForgotten':
        return { status: 'forgotten', subject: event.data.subject, at: event.data.time };
      default:
        return never(event);
    }
  },
  next: owedBy,
};

function owedBy(state: SubjectState): readonly Run<SubjectEvent>[] {
  if (state.status !== 'forgetting') return [];
  const input: ForgetInput = { subject: state.subject };
  return [{ kind: 'run', key: KEY, effect: FORGET_EFFECT, attempt: 1, everyMs: AGAIN_MS, input, notBefore: 0 }];
}
