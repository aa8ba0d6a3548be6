import type { Owed } from '#kernel';
import { DEFAULT_RETRY, TAKE_OVER_MS, type RequestEvent, type RequestPolicy, type RequestSpec } from '#runtime';
import { requests } from './process.evolve.js';
import { allRequests, type EndedProcess, type ProcessCommon, type StartedProcess } from './process.state.js';

/** What a process owes beside its steps: each is one request under a path that no step can have. */
export const CLAIM = '$claim';
export const RELEASE = '$release';

/** Names of the effects that do them. */
export const CLAIM_EFFECT = 'process.claim';
export const RELEASE_EFFECT = 'process.release';

/** What the claim's answer is: got, or refused for a reason that people are told. */
export type Claimed = { readonly refused?: Refused };
interface Refused {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface ReleaseInput {
  readonly subscriptionIds: readonly string[];
  /** Whether the process may have created one of which no answer told. */
  readonly created: boolean;
}

/** Between parts of one system that are sure to come back: tried for about a week, then an operator is asked. */
export const DUTY_POLICY: RequestPolicy = {
  retry: { ...DEFAULT_RETRY, limit: 10_000 },
  completion: { kind: 'at_once' },
  unknown: 'repeat',
};

/** While true no step runs. */
export const awaitsClaim = (state: ProcessCommon): boolean =>
  state.claims !== undefined && state.duties[CLAIM]?.status !== 'done';

export function claimOwed(state: ProcessCommon): readonly Owed<RequestEvent>[] {
  return owed(state, CLAIM, CLAIM_EFFECT, () => {
    const { workflow, target, isTask } = state;
    return { ...state.claims, workflow, target, isTask };
  });
}

/**
 * What is still owed when a process has ended. A claim that has left is answered first: released before it arrives, it would hold for
 * ever. And nothing is released while a step still runs that works on it.
 */
export function owedAtEnd(state: StartedProcess & EndedProcess): readonly Owed<RequestEvent>[] {
  const claim = state.duties[CLAIM];
  if (claim !== undefined && claim.status !== 'done') return claimOwed(state);
  if (state.status === 'refused' || state.parent !== undefined) return [];
  const created = state.claims === undefined && state.target === 'CREATE';
  if (claim === undefined && !created) return [];
  return owed(state, RELEASE, RELEASE_EFFECT, () => releaseOf(state, created), quietAt(state));
}

function releaseOf(state: ProcessCommon, created: boolean): ReleaseInput {
  const told = allRequests(state).map((each) => (each.status === 'done' ? each.result : undefined));
  const ids = [state.claims, ...(created ? [state.data, ...told].map(asCreated) : [])].map((of) => of?.subscriptionId);
  return { subscriptionIds: [...new Set(ids.filter((id) => id !== undefined))], created };
}

/** By convention a step that creates a subscription adds its id to the state under this name. */
function asCreated(values: unknown): { readonly subscriptionId: string } | undefined {
  const id = (values as { subscription_id?: unknown } | null | undefined)?.subscription_id;
  return typeof id === 'string' ? { subscriptionId: id } : undefined;
}

/** When no attempt of a step can be under way any more, as far as is known; ms since the epoch, 0 for now. */
export const quietAt = (state: ProcessCommon): number =>
  Math.max(0, ...allRequests(state).map((each) => (each.status === 'intended' ? each.until + TAKE_OVER_MS : 0)));

function owed(
  state: ProcessCommon,
  step: string,
  effect: string,
  freshInput: () => unknown,
  notBefore = 0,
): readonly Owed<RequestEvent>[] {
  const spec: RequestSpec = { step, effect, policy: DUTY_POLICY, freshInput };
  const all = requests.next(spec, state.duties[step]);
  if (notBefore === 0) return all;
  return all.map((each) =>
    each.kind === 'run' ? Object.assign({}, each, { notBefore: Math.max(each.notBefore, notBefore) }) : each,
  );
}
