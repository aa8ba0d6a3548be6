import type { Owed } from '#kernel';
import { DEFAULT_RETRY, type RequestPolicy, type RequestSpec } from '#runtime';
import type { NeedTerms, OperationEvent, Parent } from '../published/index.js';
import { requests } from './operation.evolve.js';
import * as is from './operation.state.js';
import type { NeedState, Operation, Phase } from './operation.state.js';
import { askEffect, callEffect, FORGET_SECRET, NO_PROVISIONER, REPORT_END } from './provisioner-terms.js';
import type { ProvisionerTerms } from './provisioner-terms.js';

/** Frozen by the intent: everything a provisioner is told that does not depend on the attempt. */
export interface CallInput {
  readonly type: 'provision' | 'deprovision';
  readonly needId: string;
  readonly resource: { readonly type: string; readonly id?: string; readonly address?: object };
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Of the resource, on deprovision. */
  readonly secretRef?: string;
}

/** How the operation ended, for the parent's request. */
export interface ReportInput {
  readonly parent: { readonly stream: string; readonly key: string };
  readonly end: EndInput;
}
export type EndInput =
  | { readonly kind: 'provisioned'; readonly resources: Readonly<Record<string, unknown>> }
  | { readonly kind: 'deprovisioned' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly status?: number };

type Out = readonly Owed<OperationEvent>[];

/** What is owed now: every open need at once, then the parent's message; an operator where nothing goes on by itself. */
export function owed(state: Operation, terms: ProvisionerTerms): Out {
  if (is.isProvisioning(state)) return is.needsOf(state).flatMap((need) => open(state, need, 'provision', terms));
  if (is.isDeprovisioning(state)) return is.leftOver(state).flatMap((need) => open(state, need, phaseOf(need), terms));
  const end = is.endOf(state);
  if (end === undefined) return [{ kind: 'wait', key: 'operator' }];
  const removed = is.removalEndOf(state);
  return [
    ...report(state, is.REPORT, state.parent, end),
    ...(removed === undefined ? [] : report(state, is.REPORT_GONE, state.tell, removed)),
  ];
}

/** First the resource goes, then its secret. */
const phaseOf = (need: NeedState): Phase => (need.deprovision?.status === 'done' ? 'secret' : 'deprovision');

/** What was given up begins nothing any more. */
const open = (state: Operation, need: NeedState, phase: Phase, terms: ProvisionerTerms): Out =>
  state.givenUp && need[phase] === undefined
    ? []
    : (requests.next(specOf(state, need, phase, terms), need[phase]) as Out);

function specOf({ givenUp }: Operation, need: NeedState, phase: Phase, terms: ProvisionerTerms): RequestSpec {
  const { id, type } = need.need;
  const known = terms.termsOf(type) !== undefined;
  const secret = { effect: FORGET_SECRET, freshInput: () => ({ secretRef: is.secretOf(need) }) };
  const call = {
    effect: known ? callEffect(type) : NO_PROVISIONER,
    pollEffect: known ? askEffect(type) : undefined,
    freshInput: () => callInput(need, phase as 'provision'),
  };
  return {
    step: is.stepOfNeed(id, phase),
    policy: policyOf(need.terms, phase, givenUp),
    ...(phase === 'secret' ? secret : call),
  };
}

function callInput(need: NeedState, type: CallInput['type']): CallInput {
  const { id, type: resourceType, parameters = {} } = need.need;
  const { secretRef, ...resource } = (type === 'deprovision' ? is.resourceOf(need) : undefined) ?? {};
  return {
    type,
    needId: id,
    resource: { type: resourceType, ...resource },
    parameters,
    ...(secretRef !== undefined && { secretRef }),
  };
}

/** Provisioners are idempotent by key, so an unknown outcome is repeated; not after it was given up. */
export function policyOf(
  terms: NeedTerms | undefined,
  phase: Phase | typeof is.REPORT,
  givenUp = false,
): RequestPolicy {
  const policy = terms === undefined || phase === 'secret' || phase === is.REPORT ? OWN : policyOfTerms(terms);
  return givenUp
    ? { ...policy, retry: { ...policy.retry, limit: 1 }, unknown: 'operator', overdue: undefined }
    : policy;
}

/** The vault and the parent's stream are ours. */
const OWN: RequestPolicy = {
  retry: { ...DEFAULT_RETRY, limit: 1_000 },
  completion: { kind: 'at_once' },
  unknown: 'repeat',
};

const policyOfTerms = ({ retry, deadlineMs, pollMs, probe, onDeadline }: NeedTerms): RequestPolicy => ({
  retry,
  completion: { kind: 'callback', deadlineMs, pollMs },
  unknown: 'repeat',
  overdue: { probe, then: onDeadline },
});

function report(state: Operation, step: string, parent: Parent | undefined, kind: EndInput['kind']): Out {
  if (parent === undefined) return [];
  const freshInput = (): ReportInput => ({ parent, end: endInput(state, kind) });
  return requests.next({ step, effect: REPORT_END, policy: OWN, freshInput }, is.requestAt(state, step)) as Out;
}

/** What a parent is told: resources by need, or the failure. */
export function endInput(state: Operation, kind: EndInput['kind']): EndInput {
  if (kind === 'deprovisioned') return { kind };
  if (kind === 'provisioned')
    return {
      kind,
      resources: Object.fromEntries(is.needsOf(state).map((need) => [need.need.id, is.resourceOf(need)])),
    };
  const { code = 'deprovisioned', message = 'the operation was deprovisioned', status } = state.failure ?? {};
  return { kind, code, message, ...(status !== undefined && { status }) };
}
