import type { Driving, Outcome, Run } from '#kernel';
import {
  operationDecider,
  requestAt,
  type NeedTerms,
  type Operation,
  type OperationCommand,
  type OperationEvent,
  type OperationState,
  type ResourceManifest,
} from '../index.js';

const terms: NeedTerms = {
  retry: { initialMs: 100, coefficient: 2, capMs: 1_000, jitter: 0, limit: 2 },
  deadlineMs: 10_000,
  pollMs: 500,
  probe: false,
  onDeadline: 'fail',
};
export const decider = operationDecider({ termsOf: (type) => (type === 'box' ? terms : undefined) });

export const manifest = (needs: string | string[], policy?: ResourceManifest['policy']): ResourceManifest => ({
  needs: [needs].flat().map((id) => ({ id, type: 'box' })),
  ...(policy && { policy }),
});
export const create = (of: ResourceManifest, more: object = {}): OperationCommand => ({
  type: 'CreateOperation',
  manifest: of,
  time: 1,
  ...more,
});

/** Operations of one need and of two, and what operators tell them. */
export const one = create(manifest('a'));
export const two = create(manifest(['a', 'b']));
export const retry: OperationCommand = { type: 'RetryOperation', time: 9 };
export const fail: OperationCommand = { type: 'FailOperation', reason: 'enough', time: 9 };
export const deprovision: OperationCommand = { type: 'DeprovisionOperation', time: 9 };

/** What can be told to an operation in a test: a command, `intend` for every intent owed, or the outcome of a step. */
export type Told = OperationCommand | Driving | 'intend' | readonly [step: string, outcome: Outcome, via?: 'callback'];

export const made: Outcome = { kind: 'done', result: { id: 'r1', address: { url: 'http://r1' } } };
export const gone: Outcome = { kind: 'done', result: {} };
export const accepted: Outcome = { kind: 'accepted' };
export const refused: Outcome = { kind: 'failed', failure: { kind: 'refused', code: 'no', message: 'no' } };
export const busy: Outcome = { kind: 'failed', failure: { kind: 'retryable', code: 'busy', message: 'busy' } };
export const lost: Outcome = { kind: 'failed', failure: { kind: 'unknown', code: 'cut', message: 'cut' } };
export const provisioned: Told[] = [one, 'intend', ['a/provision', made]];

export const fold = (events: readonly OperationEvent[], from: OperationState = decider.initial()): OperationState =>
  events.reduce((state, event) => decider.evolve(state, event), from);

let callbacks = 0;

/** Plays the runner: every step decided against the fold of all before. Answers all events. */
export function play(...told: readonly Told[]): OperationEvent[] {
  const events: OperationEvent[] = [];
  let state = decider.initial();
  for (const one of told)
    for (const event of step(state, one)) {
      events.push(event);
      state = decider.evolve(state, event);
    }
  return events;
}

export function step(state: OperationState, one: Told, time = 5): readonly OperationEvent[] {
  if (one === 'intend') return intents(state, time);
  if ('type' in one) return decider.decide(one, state);
  const [path, outcome, via] = one;
  const request = state.status === 'ABSENT' ? undefined : requestAt(state, path);
  const key = `${path}/${request?.generation ?? 1}`;
  const attempt = via ? 0 : (request?.attempt ?? 0);
  const callbackId = via && `msg${callbacks++}`;
  return decider.decide({ type: 'Outcome', key, attempt, outcome, time, jitter: 0, via, callbackId }, state);
}

/** Everything that may begin now, whatever its due time. */
function intents(state: OperationState, time: number): readonly OperationEvent[] {
  return decider
    .next(state)
    .filter((owed): owed is Run<OperationEvent> => owed.kind === 'run' && owed.owner === undefined)
    .flatMap(
      (run) => run.intent?.({ owner: 'me', until: time + 100, time, tokenKey: 't', deadline: time + 10_000 }) ?? [],
    );
}

export const types = (events: readonly OperationEvent[]): readonly string[] => events.map((event) => event.type);

export const after = (...told: readonly Told[]): Operation => {
  const state = fold(play(...told));
  if (state.status === 'ABSENT') throw new Error('absent');
  return state;
};
