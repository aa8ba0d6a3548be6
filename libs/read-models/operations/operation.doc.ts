import type { RecordedEvent } from '#event-store';
import type { Failure } from '#kernel';
import {
  REQUEST_EVENTS,
  statusAfter,
  type OperationEvent,
  type OperationEventOf,
  type OperationStatus,
} from '#provisioning/published';
import { Requests, type Request, type RequestEvent } from '#runtime';

export interface HistoryEntry {
  readonly at: number;
  readonly event: string;
  readonly step: string | null;
  readonly attempt: number | null;
  /** What went wrong, what was decided, or what an answer was. */
  readonly note: string | null;
}

export interface AnswerDoc {
  readonly answerId: string;
  readonly key: string;
  readonly verdict: string;
  readonly outcome: string;
  readonly at: number;
}

/** Times are ms since the epoch. */
export interface OperationDoc {
  readonly state: OperationStatus;
  readonly needs: readonly { readonly id: string; readonly type: string }[];
  readonly policy: OperationEventOf<'OperationCreated'>['data']['manifest']['policy'] | null;
  readonly parent: { readonly stream: string; readonly key: string } | null;
  /** By step, without their input. */
  readonly requests: Readonly<Record<string, Request>>;
  readonly progress: Readonly<Record<string, unknown>>;
  readonly left: OperationEventOf<'ProvisioningFailed'>['data']['left'];
  readonly lastError: (Failure & { readonly step: string; readonly at: number }) | null;
  readonly answers: readonly AnswerDoc[];
  readonly history: readonly HistoryEntry[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly failedAt: number | null;
}

const requests = new Requests(REQUEST_EVENTS);
/** The audit trail has them all. */
const [KEPT_HISTORY, KEPT_ANSWERS] = [200, 50];

export function foldOperation(doc: OperationDoc | undefined, recorded: RecordedEvent): OperationDoc | undefined {
  const event = recorded as unknown as OperationEvent;
  const at = recorded.metadata.time;
  if (event.type === 'OperationCreated') return created(event.data, at);
  if (doc === undefined) return undefined;
  const state = statusAfter(doc.state, event.type);
  const failed = state === 'PROVISIONING_FAILED' || state === 'DEPROVISIONING_FAILED';
  return {
    ...doc,
    ...change(doc, event, at),
    state,
    history: [...doc.history, entryOf(event, at)].slice(-KEPT_HISTORY),
    updatedAt: at,
    failedAt: failed ? (doc.failedAt ?? at) : null,
  };
}

function created({ manifest, parent }: OperationEventOf<'OperationCreated'>['data'], at: number): OperationDoc {
  return {
    state: 'INITIAL',
    needs: manifest.needs.map(({ id, type }) => ({ id, type })),
    policy: manifest.policy ?? null,
    parent: parent ?? null,
    requests: {},
    progress: {},
    left: [],
    lastError: null,
    answers: [],
    history: [{ at, event: 'OperationCreated', step: null, attempt: null, note: null }],
    createdAt: at,
    updatedAt: at,
    failedAt: null,
  };
}

function change(doc: OperationDoc, event: OperationEvent, at: number): Partial<OperationDoc> {
  switch (event.type) {
    case 'ProvisioningFailed':
    case 'DeprovisioningFailed':
      return { left: event.data.left };
    case 'ProvisioningStarted':
    case 'DeprovisioningStarted':
    case 'Provisioned':
    case 'Deprovisioned':
      return { left: [] };
    case 'AnswerReceived':
      return answered(doc, event.data, at);
    case 'RequestResumed':
      return resumed(doc, event.data.step);
    case 'OperationCreated':
    case 'ProvisioningRequested':
    case 'DeprovisioningRequested':
    case 'OperationGivenUp':
    case 'LateAnswerAccepted':
      return {};
    default:
      return requested(doc, event, at);
  }
}

function requested(doc: OperationDoc, event: RequestEvent, at: number): Partial<OperationDoc> {
  const { step, failure } = event.data;
  const request = requests.evolve(doc.requests[step], event);
  if (request === undefined) return {};
  return {
    requests: { ...doc.requests, [step]: { ...request, input: null } },
    ...(failure && { lastError: { ...failure, step, at } }),
  };
}

function resumed(doc: OperationDoc, step: string): Partial<OperationDoc> {
  const request = doc.requests[step];
  if (request?.status === 'retrying') return { requests: { ...doc.requests, [step]: { ...request, notBefore: 0 } } };
  if (request?.status !== 'failed' && request?.status !== 'overdue') return {};
  return { requests: { ...doc.requests, [step]: requests.resume(request, false) } };
}

function answered(doc: OperationDoc, data: OperationEventOf<'AnswerReceived'>['data'], at: number) {
  const { key, answerId, verdict } = data;
  const outcome = data.outcome as { readonly kind: string; readonly progress?: unknown };
  const answer = { answerId, key, verdict, outcome: outcome.kind, at };
  const step = key.slice(0, key.lastIndexOf('/'));
  const told = verdict === 'progress' && outcome.progress !== undefined;
  return {
    answers: verdict === 'progress' ? doc.answers : [...doc.answers, answer].slice(-KEPT_ANSWERS),
    ...(told && { progress: { ...doc.progress, [step]: outcome.progress } }),
  };
}

type Told = Partial<Record<'step' | 'key' | 'reason' | 'verdict', string> & { attempt: number; failure: Failure }>;

function entryOf(event: OperationEvent, at: number): HistoryEntry {
  const data = event.data as Told;
  const note = data.failure ? `${data.failure.code}: ${data.failure.message}` : (data.reason ?? data.verdict ?? null);
  return { at, event: event.type, step: data.step ?? data.key ?? null, attempt: data.attempt ?? null, note };
}
