import type { Failure } from '#kernel';
import { OPERATION_STATES, type OperationStatus, type ProvisionedResource } from '#provisioning/published';
import type { Request } from '#runtime';
import type { AnswerDoc, HistoryEntry, OperationDoc } from './operation.doc.js';

/** One request as people see it. Times are ms since the epoch. */
export interface RequestView {
  readonly state: Request['status'];
  readonly attempts: number;
  readonly generation: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly nextDue: number | null;
  readonly closesAt: number | null;
  readonly location: string | null;
  readonly failure: Failure | null;
  readonly progress: unknown;
}

export interface NeedView {
  readonly id: string;
  readonly type: string;
  readonly provision: RequestView | null;
  readonly deprovision: RequestView | null;
  readonly resource: { readonly id: string | null; readonly address: unknown; readonly secret: boolean } | null;
}

export interface OperationView {
  readonly id: string;
  readonly state: OperationStatus | 'CONFIGURATION_ERROR';
  readonly code: number;
  readonly needs: readonly NeedView[];
  readonly policy: OperationDoc['policy'];
  readonly parent: OperationDoc['parent'];
  readonly left: OperationDoc['left'];
  readonly attempts: number;
  readonly nextDue: number | null;
  readonly overdue: boolean;
  readonly lastError: OperationDoc['lastError'];
  readonly answers: readonly AnswerDoc[];
  readonly history: readonly HistoryEntry[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
  readonly position: number;
}

const least = (times: readonly (number | null | undefined)[]): number | null => {
  const known = times.filter((time): time is number => typeof time === 'number');
  return known.length === 0 ? null : Math.min(...known);
};

const closing = (request: Request): number | null => (request.status === 'accepted' ? request.closesAt : null);

function dueOf(request: Request): number | null {
  if (request.status === 'retrying') return request.notBefore;
  return request.status === 'accepted' ? least([request.pollAt, request.closesAt]) : null;
}

const all = (doc: OperationDoc): readonly Request[] => Object.values(doc.requests);
export const nextDue = (doc: OperationDoc): number | null => least(all(doc).map(dueOf));
export const closesAt = (doc: OperationDoc): number | null => least(all(doc).map(closing));
export const overdueSince = (doc: OperationDoc): number | null =>
  least(all(doc).map((request) => (request.status === 'overdue' ? request.since : null)));

function requestView(request: Request | undefined, progress: unknown): RequestView | null {
  if (request === undefined) return null;
  return {
    state: request.status,
    attempts: request.attempt,
    generation: request.generation,
    startedAt: request.startedAt,
    endedAt: 'endedAt' in request ? request.endedAt : null,
    nextDue: dueOf(request),
    closesAt: closing(request),
    location: 'location' in request ? (request.location ?? null) : null,
    failure: 'failure' in request ? request.failure : null,
    progress: progress ?? null,
  };
}

function needView(doc: OperationDoc, { id, type }: { readonly id: string; readonly type: string }): NeedView {
  const [provision, deprovision] = ['provision', 'deprovision'].map((phase) => `${id}/${phase}`) as [string, string];
  const made = doc.requests[provision];
  const resource = made?.status === 'done' ? (made.result as ProvisionedResource) : undefined;
  return {
    id,
    type,
    provision: requestView(made, doc.progress[provision]),
    deprovision: requestView(doc.requests[deprovision], doc.progress[deprovision]),
    resource: resource
      ? { id: resource.id ?? null, address: resource.address, secret: resource.secretRef !== undefined }
      : null,
  };
}

/** An operation as people see it; `now` tells what is overdue. */
export function operationView(
  doc: OperationDoc,
  at: { readonly id: string; readonly revision: number; readonly position: number },
  now: number,
): OperationView {
  const { state, policy, parent, left, lastError, answers, history, createdAt, updatedAt } = doc;
  return {
    id: at.id,
    state,
    code: OPERATION_STATES[state],
    needs: doc.needs.map((need) => needView(doc, need)),
    policy,
    parent,
    left,
    attempts: all(doc).reduce((sum, request) => sum + request.attempt, 0),
    nextDue: nextDue(doc),
    overdue: overdueSince(doc) !== null || (closesAt(doc) ?? Infinity) < now,
    lastError,
    answers,
    history,
    createdAt,
    updatedAt,
    revision: at.revision,
    position: at.position,
  };
}
