import type { Owed, Run } from '#kernel';
import {
  DEFAULT_RETRY,
  mayHaveTakenEffect,
  requestKey,
  TAKE_OVER_MS,
  type Request,
  type RequestEvent,
  type RequestPolicy,
  type RequestSpec,
} from '#runtime';
import type { ProcessParent } from '../published/index.js';
import { stepAt, type Compiled, type CompiledStep } from './compiled.js';
import { requests } from './process.evolve.js';
import {
  allRequests,
  isLeft,
  isRequest,
  pathNow,
  rowAt,
  type EndedProcess,
  type ProcessCommon,
  type StartedProcess,
} from './process.state.js';
import { delayed, quietAt } from './quiet.js';
import { STEP_EFFECT, whereItIs } from './step-input.js';
import { reclaimAt, releaseAt } from './turns.js';

/** What a process owes beside its steps: each is one request under a path that no step can have. */
export const CLAIM = '$claim';
export const TELL = '$tell';
const ABORT = '$abort/';
export const abortOf = (path: string): string => `${ABORT}${path}`;

/** Names of the effects that do them. */
export const CLAIM_EFFECT = 'process.claim';
export const RECLAIM_EFFECT = 'process.reclaim';
export const RELEASE_EFFECT = 'process.release';
export const TELL_EFFECT = 'process.tell-parent';
export const ABORT_EFFECT = 'process.abort-child';
export const FOLLOW_EFFECT = 'process.follow';

/** Something follows by itself that is not recorded yet, as after a change of the code: asks the decider to say it. */
export const FOLLOW: Run<RequestEvent> = {
  kind: 'run',
  key: '$follow/1',
  effect: FOLLOW_EFFECT,
  attempt: 1,
  input: {},
  notBefore: 0,
};

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
  /** Who holds them, where that is another process. */
  readonly holder?: string;
  /** See `turnOf`; 1 if absent. */
  readonly turn?: number;
}
/** What was let go, to be held once more. */
export interface ReclaimInput extends ReleaseInput {
  readonly workflow: string;
  readonly target: string;
  readonly isTask: boolean;
}
/** What a parent is told of the end of its child. */
export interface TellInput {
  readonly parent: { readonly stream: string; readonly key: string };
  readonly end:
    | { readonly kind: 'completed'; readonly data: Readonly<Record<string, unknown>> }
    | { readonly kind: 'aborted'; readonly message: string };
}
/** `key` is that of the request that began the child: its id follows from it. */
export interface AbortInput {
  readonly key: string;
  readonly reason: string;
  /** The child is an operation. */
  readonly operation?: true;
}
/** What an abort brought. `awaited`: the child's end will be told, and what was claimed is held until then. */
export interface ChildAborted {
  readonly awaited?: true;
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

/** What it claimed, or what it created: of a sub-workflow in the name of its root, which holds it. */
export function released(state: ProcessCommon, turn: number): readonly Owed<RequestEvent>[] {
  if (!holds(state)) return [];
  return delayed(
    owed(state, releaseAt(turn), RELEASE_EFFECT, () => releaseOf(state, turn)),
    quietAt(state),
  );
}

/** Whether an undoing needs what was let go before it began; a claim that has left is answered in any case, so that it can be released. */
export function mustReclaim(state: ProcessCommon, turn: number, undoing: boolean): boolean {
  const again = state.duties[reclaimAt(turn)];
  return turn > 1 && holds(state) && again?.status !== 'done' && (undoing || again !== undefined);
}

/** After the release of the turn before, which must not arrive late. */
export function reclaimed(state: ProcessCommon, turn: number): readonly Owed<RequestEvent>[] {
  const release = released(state, turn - 1);
  if (release.length > 0) return release;
  const { workflow, target, isTask } = state;
  const freshInput = (): ReclaimInput => Object.assign({ workflow, target, isTask }, releaseOf(state, turn));
  return owed(state, reclaimAt(turn), RECLAIM_EFFECT, freshInput);
}

const createdOne = ({ claims, target }: ProcessCommon): boolean => claims === undefined && target === 'CREATE';
const holds = (state: ProcessCommon): boolean => state.duties[CLAIM] !== undefined || createdOne(state);

/** Of a sub-workflow: its end. */
export function told(state: StartedProcess & EndedProcess): readonly Owed<RequestEvent>[] {
  const { parent } = state;
  if (parent === undefined) return [];
  return delayed(
    owed(state, TELL, TELL_EFFECT, () => tellInput(state, parent)),
    quietAt(state),
  );
}

export function tellInput(state: StartedProcess & EndedProcess, { stream, key }: ProcessParent): TellInput {
  const message = (state.status === 'aborted' ? state.reason : undefined) ?? 'the sub-workflow was aborted';
  const end =
    state.status === 'completed'
      ? ({ kind: 'completed', data: state.data } as const)
      : ({ kind: 'aborted', message } as const);
  return { parent: { stream, key }, end };
}

/** Children nobody waits for any more, of an aborted process or of a branch that was left: each is aborted. */
export function abandonedOwed(compiled: Compiled, state: StartedProcess): readonly Owed<RequestEvent>[] {
  return allRequests(state).flatMap((row) => {
    const found = mayStillRun(row) ? stepAt(compiled, pathNow(state, row.step)) : undefined;
    if (found?.node.child !== true || !(state.status === 'aborted' || isLeft(state, row.step))) return [];
    if (awaitsEnd(state, row.step)) return endOf(state, found, row);
    const key = requestKey(row.step, row.generation);
    const input: AbortInput = { key, reason: 'its parent needs it no more' };
    const all = owed(state, abortOf(row.step), ABORT_EFFECT, () =>
      found.node.subWorkflow === true ? input : { ...input, operation: true },
    );
    return delayed(all, row.status === 'intended' ? row.until + TAKE_OVER_MS : 0);
  });
}

/** The step's own request goes on until it is told: the child is there, so that a repeat finds it and begins nothing. */
function endOf(state: ProcessCommon, { node, policy }: CompiledStep, row: Request): readonly Owed<RequestEvent>[] {
  const { step, input } = row;
  const spec = { step, effect: STEP_EFFECT, pollEffect: node.pollEffect, policy, freshInput: () => input };
  const all = whereItIs(state, pathNow(state, step), requests.next(spec, soughtAfter(row)));
  return delayed(all, row.status === 'failed' ? row.endedAt + policy.retry.capMs * oftenFailed(row, policy) : 0);
}

/** The child may have told its end while nobody listened: once it is found again it is asked too. */
function soughtAfter(row: Request): Request {
  if (row.status === 'failed') return requests.resume(row, false);
  return row.status === 'accepted' && row.attempt > 1 ? { ...row, pollAt: row.pollAt ?? 0 } : row;
}

/** How often it failed beyond the policy, at least 1; so what never gets through is tried ever less, once an hour at last. */
const oftenFailed = ({ failures }: Request, { retry }: RequestPolicy): number =>
  Math.min(Math.max(1, failures - retry.limit + 1), 60);

/** An operation that was aborted may still take back what it made, of what the process has claimed. */
function awaitsEnd(state: ProcessCommon, step: string): boolean {
  const aborted = state.duties[abortOf(step)];
  const row = rowAt(state, step);
  const told = aborted?.status === 'done' && (aborted.result as ChildAborted).awaited === true;
  return told && isRequest(row) && mayStillRun(row);
}

/** Whether children nobody waits for may still do something. What was begun about them is known without the code of the process, too. */
export const stillAborting = (compiled: Compiled, state: StartedProcess): boolean =>
  Object.entries(state.duties).some(
    ([path, row]) => path.startsWith(ABORT) && (row.status !== 'done' || awaitsEnd(state, path.slice(ABORT.length))),
  ) || abandonedOwed(compiled, state).length > 0;

/** Whether there may be a child that has not told its end: also of a failure that did not come from it, and of a resume that keeps the key. */
export function mayStillRun(row: Request): boolean {
  if (row.attempt === 0 || row.status === 'done') return false;
  return row.status !== 'failed' || mayHaveTakenEffect(row.failure);
}

function releaseOf(state: ProcessCommon, turn: number): ReleaseInput {
  const created = createdOne(state);
  const answers = allRequests(state).map((each) => (each.status === 'done' ? each.result : undefined));
  const ids = [state.claims, ...(created ? [state.data, ...answers].map(asCreated) : [])].map(
    (of) => of?.subscriptionId,
  );
  const subscriptionIds = [...new Set(ids.filter((id) => id !== undefined))];
  const holder = state.parent && { holder: state.parent.rootProcessId };
  return Object.assign({ subscriptionIds, created }, holder, turn > 1 && { turn });
}

/** By convention a step that creates a subscription adds its id to the state under this name. */
function asCreated(values: unknown): { readonly subscriptionId: string } | undefined {
  const id = (values as { subscription_id?: unknown } | null | undefined)?.subscription_id;
  return typeof id === 'string' ? { subscriptionId: id } : undefined;
}

function owed(
  state: ProcessCommon,
  step: string,
  effect: string,
  freshInput: () => unknown,
): readonly Owed<RequestEvent>[] {
  const spec: RequestSpec = { step, effect, policy: DUTY_POLICY, freshInput };
  const row = state.duties[step];
  return requests.next(spec, isRequest(row) ? row : undefined);
}
