import type { Failure } from '#kernel';
import type { Request } from '#runtime';
import type { OperationEvent } from '../published/index.js';
import { isReportedFailed } from './legal-commands.js';
import { evolve } from './operation.evolve.js';
import * as is from './operation.state.js';
import type { NeedState, Operation, OperationState } from './operation.state.js';

/** The state's own events behind what was decided, until nothing more follows: several steps can follow from one answer. */
export function settled(decided: readonly OperationEvent[], before: OperationState, time: number): OperationEvent[] {
  const events = [...decided];
  let state = decided.reduce(evolve, before);
  for (let more = follows(state, time); more !== undefined; more = follows(state, time)) {
    events.push(more);
    state = evolve(state, more);
  }
  return events;
}

/** The rule that decides the states (see OPERATION_TRANSITIONS): met, in process, or nothing open any more. */
function follows(state: OperationState, time: number): OperationEvent | undefined {
  if (state.status === 'ABSENT') return undefined;
  if (is.isProvisioning(state)) return provisioning(state, time);
  if (is.isDeprovisioning(state)) return deprovisioning(state, time);
  if (state.status === 'PROVISIONING_FAILED' && unmetIn(state).length === 0 && !isReportedFailed(state))
    return { type: 'Provisioned', data: { time } };
  const takenBack = state.status === 'DEPROVISIONED' || (state.status === 'PROVISIONING_FAILED' && is.takesBack(state));
  return takenBack && is.leftOver(state).length > 0 ? { type: 'DeprovisioningStarted', data: { time } } : undefined;
}

const unmetIn = (state: Operation): readonly NeedState[] =>
  is.needsOf(state).filter(({ provision }) => provision?.status !== 'done');

function provisioning(state: Operation, time: number): OperationEvent | undefined {
  if (state.adopted) return { type: 'DeprovisioningStarted', data: { time } };
  const unmet = unmetIn(state);
  if (unmet.length === 0)
    return { type: state.status === 'INITIAL' ? 'ProvisioningStarted' : 'Provisioned', data: { time } };
  const requests = unmet.map(({ provision }) => provision);
  if (nothingOpen(requests, state))
    return { type: 'ProvisioningFailed', data: { ...failureIn(requests), left: leftIn(state), time } };
  return state.status === 'PROVISIONING' && inProcess(requests)
    ? { type: 'ProvisioningRequested', data: { time } }
    : undefined;
}

function deprovisioning(state: Operation, time: number): OperationEvent | undefined {
  const left = is.leftOver(state);
  if (left.length === 0) return { type: 'Deprovisioned', data: { time } };
  const requests = left.map(({ deprovision, secret }) => (deprovision?.status === 'done' ? secret : deprovision));
  if (nothingOpen(requests, state))
    return { type: 'DeprovisioningFailed', data: { ...failureIn(requests), left: leftIn(state), time } };
  return state.status === 'DEPROVISIONING' && inProcess(requests)
    ? { type: 'DeprovisioningRequested', data: { time } }
    : undefined;
}

type Maybe = Request | undefined;

/** A request that has not begun is open, unless all was given up. */
const nothingOpen = (requests: readonly Maybe[], { givenUp }: Operation): boolean =>
  requests.every((request) => (request === undefined ? givenUp : request.status === 'failed'));

/** Everything has been sent, and the other side works on at least one. */
function inProcess(requests: readonly Maybe[]): boolean {
  const sent = requests.every((r) => r !== undefined && r.status !== 'intended' && r.status !== 'resumed');
  return sent && requests.some((r) => r?.status === 'accepted' || r?.status === 'overdue');
}

function failureIn(requests: readonly Maybe[]): { failure?: Failure } {
  const failed = requests.find((request) => request?.status === 'failed');
  return failed?.status === 'failed' ? { failure: failed.failure } : {};
}

/** What is left to do about each need: those that are not met could be provisioned, what may exist could be taken back. */
function leftIn(state: Operation) {
  const todo = (need: NeedState) => {
    if (is.isGone(need)) return undefined;
    return is.mayExist(need) ? 'deprovision' : 'provision';
  };
  return is
    .needsOf(state)
    .map((need) => ({ need: need.need.id, todo: todo(need) }))
    .filter((each): each is { need: string; todo: 'provision' | 'deprovision' } => each.todo !== undefined);
}
