import type { Failure } from '#kernel';
import type { CallbackVerdict, Request } from '#runtime';
import type {
  AdoptedResource,
  Need,
  NeedTerms,
  OperationStatus,
  Parent,
  ProvisionedResource,
  ResourceManifest,
} from '../published/index.js';

/** A need and its requests, each with its own key, attempts, deadline and outcome. */
export interface NeedState {
  readonly need: Need;
  readonly terms: NeedTerms;
  readonly provision?: Request;
  readonly deprovision?: Request;
  /** Removal of the resource's secret, once the resource is gone. */
  readonly secret?: Request;
  /** What is taken back without having been made here. */
  readonly adopted?: AdoptedResource;
  /** Vault reference of an answer that came besides the one that counts: it goes with the resource's own. */
  readonly straySecret?: string;
}

/** An answer that decided nothing when it came. */
export interface NotedAnswer {
  readonly id: string;
  readonly key: string;
  readonly verdict: CallbackVerdict;
  readonly time: number;
  /** What an operator could accept: what came late, or against a failure, and says that it was done. Of the latest {@link KEPT_RESULTS}. */
  readonly result?: unknown;
}

export interface Operation {
  readonly status: OperationStatus;
  readonly manifest: ResourceManifest;
  readonly parent: Parent | undefined;
  /** By need: of an operation that only takes back. */
  readonly adopted?: Readonly<Record<string, AdoptedResource>>;
  readonly createdAt: number;
  /** In the order of the manifest. */
  readonly needs: Readonly<Record<string, NeedState>>;
  /** Tells the parent how it ended. */
  readonly report?: Request;
  /** Who waits for all to be gone again, and the request that tells them. */
  readonly tell?: Parent;
  readonly reportGone?: Request;
  /** Why it failed last, kept when it is taken back. */
  readonly failure?: Failure;
  /** An operator gave up what was open, or accepted what a failure left. */
  readonly givenUp: boolean;
  /** The latest {@link KEPT_ANSWERS}, oldest first. */
  readonly answers: readonly NotedAnswer[];
  /** How many answers were noted since it ended. */
  readonly notedAfterEnd: number;
}

export type OperationState = { readonly status: 'ABSENT' } | Operation;

/** As many as a stream remembers command ids (law 9): a repeat is answered like the first time for as long as it is recognised. */
export const KEPT_ANSWERS = 256;
/** Results are large: older ones are in the stream only, and can no longer be accepted. */
export const KEPT_RESULTS = 20;

export type Phase = 'provision' | 'deprovision' | 'secret';
export const REPORT = 'report';
export const REPORT_GONE = 'report-gone';
/** Tells another instance an end. */
export const isReport = (step: string): boolean => step === REPORT || step === REPORT_GONE;
export const stepOfNeed = (need: string, phase: Phase): string => `${need}/${phase}`;

/** Need and phase of a step; undefined for the report and for steps that are none of ours. */
export function needAt(
  state: Operation,
  step: string,
): { readonly need: NeedState; readonly phase: Phase } | undefined {
  const at = step.lastIndexOf('/');
  const id = step.slice(0, Math.max(at, 0));
  const phase = step.slice(at + 1);
  const need = Object.hasOwn(state.needs, id) ? state.needs[id] : undefined;
  const known = phase === 'provision' || phase === 'deprovision' || phase === 'secret';
  return need && known ? { need, phase } : undefined;
}

/** The request of a step; undefined when it has not begun or is none of ours. */
export function requestAt(state: Operation, step: string): Request | undefined {
  if (isReport(step)) return step === REPORT ? state.report : state.reportGone;
  const found = needAt(state, step);
  return found && found.need[found.phase];
}

export const needsOf = (state: Operation): readonly NeedState[] => Object.values(state.needs);

export const isProvisioning = ({ status }: Operation): boolean =>
  status === 'INITIAL' || status === 'PROVISIONING' || status === 'PROVISIONING_REQUESTED';
export const isDeprovisioning = ({ status }: Operation): boolean =>
  status === 'DEPROVISIONING' || status === 'DEPROVISIONING_REQUESTED';
/** Nothing goes on by itself, apart from telling the parent. */
export const hasEnded = (state: Operation): boolean => !isProvisioning(state) && !isDeprovisioning(state);

export const takesBack = (state: Operation): boolean => state.manifest.policy?.onFailure !== 'leave';

/** What the provisioner made for a need, or what is to be taken back for it. */
export const resourceOf = ({ provision, adopted }: NeedState): Partial<ProvisionedResource> | undefined =>
  provision?.status === 'done' ? (provision.result as ProvisionedResource) : adopted;

/**
 * Something exists for the need, or may exist: all that failed without the provisioner having said no may have left something behind
 * (the orphans of the Open Service Broker API).
 */
export const mayExist = ({ provision, adopted }: NeedState): boolean =>
  adopted !== undefined ||
  provision?.status === 'done' ||
  (provision?.status === 'failed' && provision.failure.kind !== 'refused');

/** What the vault keeps for a need that was met; an answer that an operator could still accept keeps its secret. */
export const secretOf = (need: NeedState): string | undefined =>
  resourceOf(need)?.secretRef ?? (need.provision?.status === 'done' ? need.straySecret : undefined);

/** The resource is gone, and its secret with it. */
export const isGone = (need: NeedState): boolean =>
  need.deprovision?.status === 'done' && (need.secret?.status === 'done' || secretOf(need) === undefined);

/** What has to be taken back and is not gone yet. */
export const leftOver = (state: Operation): readonly NeedState[] =>
  needsOf(state).filter((need) => mayExist(need) && !isGone(need));

/** How the operation has ended for its parent; undefined while it has not. */
export function endOf(state: Operation): 'provisioned' | 'deprovisioned' | 'failed' | undefined {
  switch (state.status) {
    case 'PROVISIONED':
      return 'provisioned';
    case 'PROVISIONING_FAILED':
      return takesBack(state) || state.givenUp ? 'failed' : undefined;
    case 'DEPROVISIONING_FAILED':
      return state.givenUp || state.adopted ? 'failed' : undefined;
    case 'DEPROVISIONED':
      return state.adopted ? 'deprovisioned' : 'failed';
    default:
      return undefined;
  }
}

/** How the taking back has ended for who waits for it; undefined while it has not, and while people can still help. */
export function removalEndOf({ status, givenUp }: Operation): 'deprovisioned' | 'failed' | undefined {
  if (status === 'DEPROVISIONED') return 'deprovisioned';
  return status === 'DEPROVISIONING_FAILED' && givenUp ? 'failed' : undefined;
}
