import type { Outcome } from '#kernel';
import { Requests, stepOf, type Request, type RequestEvent } from '#runtime';
import { REQUEST_EVENTS, statusAfter, type OperationEvent, type OperationEventOf } from '../published/index.js';
import { hasEnded, isReport, KEPT_ANSWERS, KEPT_RESULTS, needAt, REPORT, requestAt } from './operation.state.js';
import type { NotedAnswer, Operation, OperationState } from './operation.state.js';

export const requests = new Requests(REQUEST_EVENTS);

/** Folds one event. Total: what does not fit changes nothing. The state follows the table of transitions. */
export function evolve(state: OperationState, event: OperationEvent): OperationState {
  if (state.status === 'ABSENT') return event.type === 'OperationCreated' ? created(event.data) : state;
  if (event.type === 'OperationCreated') return state;
  const status = statusAfter(state.status, event.type);
  return apply({ ...state, status, notedAfterEnd: status === state.status ? state.notedAfterEnd : 0 }, event);
}

function apply(state: Operation, event: Exclude<OperationEvent, { type: 'OperationCreated' }>): Operation {
  switch (event.type) {
    case 'ProvisioningStarted':
      return { ...state, givenUp: false };
    case 'DeprovisioningStarted':
      return { ...state, givenUp: false, tell: event.data.tell ?? state.tell };
    case 'ProvisioningFailed':
    case 'DeprovisioningFailed':
      return { ...state, failure: event.data.failure ?? state.failure };
    case 'Provisioned':
      return { ...state, failure: undefined };
    case 'ProvisioningRequested':
    case 'DeprovisioningRequested':
    case 'Deprovisioned':
      return state;
    case 'OperationGivenUp':
      return { ...state, givenUp: true };
    case 'RequestResumed':
      return resumed(state, event.data.step);
    case 'AnswerReceived':
      return noted(state, event.data);
    case 'LateAnswerAccepted':
      return accepted(state, event.data.step);
    default:
      return requested(state, event);
  }
}

function created(data: OperationEventOf<'OperationCreated'>['data']): Operation {
  const { adopted } = data;
  const needs = data.manifest.needs.map((need) => {
    const state = { need, terms: data.terms[need.id]!, ...(adopted && { adopted: adopted[need.id] ?? {} }) };
    return [need.id, state] as const;
  });
  return {
    status: 'INITIAL',
    manifest: data.manifest,
    parent: data.parent,
    ...(adopted && { adopted }),
    createdAt: data.time,
    needs: Object.fromEntries(needs),
    givenUp: false,
    answers: [],
    notedAfterEnd: 0,
  };
}

function requested(state: Operation, event: RequestEvent): Operation {
  const { step } = event.data;
  const request = requests.evolve(requestAt(state, step), event);
  return request === undefined ? state : withRequest(state, step, request);
}

function withRequest(state: Operation, step: string, request: Request): Operation {
  if (isReport(step)) return { ...state, [step === REPORT ? 'report' : 'reportGone']: request };
  const found = needAt(state, step);
  if (found === undefined) return state;
  const { need, phase } = found;
  return { ...state, needs: { ...state.needs, [need.need.id]: { ...need, [phase]: request } } };
}

function resumed(state: Operation, step: string): Operation {
  const request = requestAt(state, step);
  if (request?.status === 'failed' || request?.status === 'overdue')
    return withRequest(state, step, requests.resume(request, false));
  if (request?.status === 'retrying') return withRequest(state, step, { ...request, failures: 0, notBefore: 0 });
  return state;
}

/** A resource that turned up after its need had been taken back has to be taken back under a new key. */
function accepted(state: Operation, step: string): Operation {
  const found = needAt(state, step);
  if (found?.phase !== 'provision') return state;
  const { deprovision, secret: _forgotten, ...need } = found.need;
  const again =
    deprovision?.status === 'done' || deprovision?.status === 'failed'
      ? { ...need, deprovision: requests.resume(deprovision, true) }
      : found.need;
  return { ...state, needs: { ...state.needs, [need.need.id]: again } };
}

function noted(state: Operation, { answerId: id, key, verdict, time, ...data }: Noted): Operation {
  const outcome = data.outcome as Outcome;
  const usable = outcome.kind === 'done' && (verdict === 'late' || verdict === 'conflict');
  const answer = { id, key, verdict, time, ...(usable && { result: outcome.result }) };
  const kept = state.answers.filter((each) => each.id !== id).slice(1 - KEPT_ANSWERS);
  const notedAfterEnd = state.notedAfterEnd + (hasEnded(state) ? 1 : 0);
  const needs = usable ? withStray(state, key, outcome.result) : state.needs;
  return Object.assign({}, state, { answers: withoutOldResults([...kept, answer]), notedAfterEnd, needs });
}

/** Not after the resource has gone: nothing would take it away by itself any more. */
function withStray({ needs, ...state }: Operation, key: string, result: unknown): Operation['needs'] {
  const found = needAt({ needs, ...state }, stepOf(key));
  const { secretRef } = (result ?? {}) as { readonly secretRef?: unknown };
  if (found?.phase !== 'provision' || typeof secretRef !== 'string' || !secretRef.startsWith('vault:')) return needs;
  const { need } = found;
  if (need.provision?.status === 'done' && need.deprovision?.status === 'done') return needs;
  return { ...needs, [need.need.id]: Object.assign({}, need, { straySecret: secretRef }) };
}

type Noted = OperationEventOf<'AnswerReceived'>['data'];

function withoutOldResults(answers: readonly NotedAnswer[]): readonly NotedAnswer[] {
  const usable = answers.filter(({ result }) => result !== undefined);
  const old = usable.slice(0, -KEPT_RESULTS);
  return old.length === 0
    ? answers
    : answers.map((each) => (old.includes(each) ? { ...each, result: undefined } : each));
}
