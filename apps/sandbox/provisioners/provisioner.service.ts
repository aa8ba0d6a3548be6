import { randomUUID } from 'node:crypto';
import type { Callbacks } from '../callbacks.js';
import type { Work } from '../csp.service.js';
import {
  errorAnswer,
  jsonAnswer,
  type Answer,
  type CompletionBehaviour,
  type ReportedError,
} from '../sandbox.types.js';
import type { RequestContext } from '../sandbox.types.js';
import type { ScriptsStore } from '../scripts.store.js';
import type { SettingsStore } from '../settings.store.js';
import type { ProvisionerStore } from './provisioner.store.js';

/** The request of the contract (docs/how-to/write-a-provisioner.md). */
export interface ProvisionerBody {
  readonly operationId: string;
  readonly needId: string;
  readonly type: 'provision' | 'deprovision';
  readonly resource: { readonly type: string; readonly id?: string };
  /** `mode` chooses how the end is told where no script does; `secret: true` gives the resource one. */
  readonly parameters: { readonly mode?: 'instant' | 'poll' | 'callback'; readonly secret?: boolean };
  readonly callbackUrl: string;
  readonly deadline?: string;
}

/** `again`: it failed in passing, so a repeat of the key is worked on anew. */
export type ProvisionerWork = Work & { readonly again?: boolean };

export interface ProvisionerParts {
  readonly store: ProvisionerStore;
  readonly callbacks: Callbacks;
  readonly scripts: ScriptsStore;
  readonly settings: SettingsStore;
}

const REPORTED: ReportedError = { code: 'ProvisioningFailed', message: 'The provisioner could not do it.' };
/** Time after the deadline at which a late callback comes, where the script names no delay. */
const LATE_MARGIN_MS = 500;

export const isRequest = (body: unknown): body is ProvisionerBody => {
  const { operationId, needId, type, resource, parameters, callbackUrl } = (body ?? {}) as Partial<ProvisionerBody>;
  const texts = [operationId, needId, callbackUrl, resource?.type].every((text) => typeof text === 'string');
  return texts && (type === 'provision' || type === 'deprovision') && typeof parameters === 'object';
};

/** Provisioners of any resource type, behind the HTTP contract. All methods are synchronous: they run inside one transaction. */
export class ProvisionerService {
  constructor(private readonly parts: ProvisionerParts) {}

  handle(body: ProvisionerBody, request: RequestContext, baseUrl: string): ProvisionerWork {
    const { store } = this.parts;
    const known = store.of(body.operationId, body.needId);
    if (body.type === 'provision' && known !== undefined)
      return { answer: errorAnswer(409, 'AlreadyExists', `${body.needId} exists already.`), applied: false };
    const ending = this.ending(body, request);
    const error = this.errorOf(ending);
    const gone = body.resource.id === undefined ? known : store.find(body.resource.id);
    const [resource, result] = body.type === 'provision' ? this.make(body, error) : this.takeBack(gone, error);
    const remaining = ending.kind === 'poll' ? ending.times : 0;
    store.ask({ key: request.key!, resource, result, error, remaining });
    const work = this.answer(ending, body, request, { resource, result, error, baseUrl });
    return { ...work, again: error?.retryable === true };
  }

  private make({ operationId, needId, resource, parameters }: ProvisionerBody, error: ReportedError | null) {
    const id = randomUUID();
    const state = error === null ? 'exists' : 'failed';
    this.parts.store.add({ id, type: resource.type, operation: operationId, need: needId, state });
    const address = { url: `https://${resource.type}.example.org/${id}` };
    return [id, { id, address, ...(parameters.secret === true && { secret: `secret-of-${id}` }) }] as const;
  }

  private takeBack(made: { readonly id: string } | undefined, error: ReportedError | null) {
    if (made !== undefined && error === null) this.parts.store.remove(made.id);
    return [made?.id ?? 'none', {}] as const;
  }

  /** A script goes before the mode that the parameters name; without either the end is told by callback. */
  private ending({ parameters }: ProvisionerBody, request: RequestContext): CompletionBehaviour {
    const scripted = this.parts.scripts.take(request, 'callback', 'poll', 'instant');
    if (scripted !== undefined) return scripted;
    const { pollsBeforeDone } = this.parts.settings.read();
    if (parameters.mode === 'instant') return { kind: 'instant' };
    if (parameters.mode === 'poll') return { kind: 'poll', times: pollsBeforeDone };
    return { kind: 'callback', mode: 'late', delayMs: this.parts.settings.read().callbackDelayMs };
  }

  private errorOf(ending: CompletionBehaviour): ReportedError | null {
    if (ending.kind === 'poll') return ending.outcome === 'failed' ? (ending.error ?? REPORTED) : null;
    if (ending.kind === 'callback') return ending.mode === 'failed' ? { ...REPORTED, ...ending.error } : null;
    return null;
  }

  private answer(
    ending: CompletionBehaviour,
    body: ProvisionerBody,
    request: RequestContext,
    { resource, result, error, baseUrl }: Ended,
  ): Work {
    const applied = error === null;
    if (ending.kind === 'instant')
      return { answer: jsonAnswer(body.type === 'provision' ? 201 : 200, result), applied };
    if (ending.kind === 'poll') {
      const location = `${baseUrl}/provisioners/${body.resource.type}/requests/${encodeURIComponent(request.key!)}`;
      const retryAfter = String(ending.retryAfter ?? this.parts.settings.read().retryAfterSeconds);
      return { answer: jsonAnswer(202, { status: 'Accepted' }, { location, 'retry-after': retryAfter }), applied };
    }
    const accepted: Work = { answer: jsonAnswer(202, { status: 'Accepted' }), applied };
    if (ending.mode === 'never') return accepted;
    const callback = `msg_${randomUUID()}`;
    const told = error === null ? { status: 'done', result } : { status: 'failed', error };
    const deliveries = ending.mode === 'twice' ? 2 : 1;
    const due = this.dueOf(ending, body);
    this.parts.callbacks.add({ id: callback, resource, url: body.callbackUrl, body: told, due, deliveries });
    return ending.mode === 'early' ? { ...accepted, early: { callback, delayMs: ending.delayMs ?? 0 } } : accepted;
  }

  private dueOf(ending: CompletionBehaviour & { kind: 'callback' }, { deadline }: ProvisionerBody): number {
    if (ending.mode === 'late' && ending.delayMs === undefined)
      return (deadline === undefined ? Date.now() : Date.parse(deadline)) + LATE_MARGIN_MS;
    return Date.now() + (ending.delayMs ?? this.parts.settings.read().callbackDelayMs);
  }

  /** How a request stands: 202 in process, 200 with the result, 422 with why it failed, 404 never heard of. */
  standing(key: string): Answer {
    const asked = this.parts.store.asked(key);
    if (asked === undefined) return errorAnswer(404, 'NotFound', 'There is no such request.');
    if (asked.remaining > 0) {
      const retryAfter = String(this.parts.settings.read().retryAfterSeconds);
      return jsonAnswer(202, { status: 'Running' }, { 'retry-after': retryAfter });
    }
    return asked.error === null
      ? jsonAnswer(200, asked.result)
      : errorAnswer(422, asked.error.code, asked.error.message);
  }
}

interface Ended {
  readonly resource: string;
  readonly result: unknown;
  readonly error: ReportedError | null;
  readonly baseUrl: string;
}
