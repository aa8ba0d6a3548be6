import { randomUUID } from 'node:crypto';
import type { Callbacks } from './callbacks.js';
import type { CspStore, ResourceKind } from './csp.store.js';
import type { ScriptsStore } from './scripts.store.js';
import type { SettingsStore } from './settings.store.js';
import {
  errorAnswer,
  jsonAnswer,
  type Answer,
  type Behaviour,
  type ReportedError,
  type RequestContext,
} from './sandbox.types.js';

export type Body = Record<string, unknown>;

/** An answer, what was changed, and a callback that must leave before the answer does. */
export interface Work {
  readonly answer: Answer;
  readonly applied: boolean;
  readonly early?: { readonly callback: string; readonly delayMs: number };
}

export interface CspParts {
  readonly store: CspStore;
  readonly callbacks: Callbacks;
  readonly scripts: ScriptsStore;
  readonly settings: SettingsStore;
}

const REQUIRED: Record<ResourceKind, readonly string[]> = {
  tenants: ['userId', 'password', 'domainName', 'firstName', 'lastName', 'countryCode', 'passwordRecoveryEmailAddress'],
  'billing-profiles': ['tenantId', 'displayName'],
  'admin-subscriptions': ['tenantId', 'billingProfileId', 'displayName', 'callbackUrl'],
};

type CallbackScript = Extract<Behaviour, { kind: 'callback' }> | undefined;

const REPORTED: ReportedError = { code: 'ProvisioningFailed', message: 'The provider could not do it.' };

/** Time after the deadline at which a late callback comes, in milliseconds, where the script names no delay. */
const LATE_MARGIN_MS = 1_000;

function text(body: Body, field: string): string {
  return String(body[field]);
}

function natural(kind: ResourceKind, body: Body): string {
  if (kind === 'tenants') return text(body, 'domainName').toLowerCase();
  return `${text(body, 'tenantId')}/${text(body, 'displayName')}`;
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

const done = (answer: Answer): Work => ({ answer, applied: true });
const refused = (status: number, code: string, message: string): Work => ({
  answer: errorAnswer(status, code, message),
  applied: false,
});

/** The cloud service provider `azure`, version 1. All methods are synchronous: they run inside one transaction. */
export class CspService {
  constructor(private readonly parts: CspParts) {}

  /** Creates a resource, or refuses with 400 (fields), 404 (parent) or 409 (it is there already). */
  create(kind: ResourceKind, body: Body, request: RequestContext, baseUrl: string): Work {
    const missing = REQUIRED[kind].filter((field) => typeof body[field] !== 'string' || body[field] === '');
    if (missing.length > 0) return refused(400, 'InvalidRequest', `Missing or not a text: ${missing.join(', ')}.`);
    const orphan = this.missingParent(kind, body);
    if (orphan !== undefined) return refused(404, 'NotFound', orphan);
    if (this.parts.store.exists(kind, natural(kind, body))) {
      return refused(409, 'AlreadyExists', `${kind}: ${natural(kind, body)} exists already.`);
    }
    if (kind === 'tenants') return this.createTenant(body);
    if (kind === 'billing-profiles') return this.createBillingProfile(body, request, baseUrl);
    return this.createAdminSubscription(body, request);
  }

  /** One poll of a long-running operation: 202 while it runs, then 200 with its end; 404 if unknown. */
  poll(id: string): Answer {
    const found = this.parts.store.operation(id);
    if (found === undefined) return errorAnswer(404, 'NotFound', `There is no operation ${id}.`);
    if (found.remaining === 0) return this.end(found.resource, found.error);
    if (found.remaining > 0) this.parts.store.countPoll(id);
    const retryAfter = found.retryAfter ?? this.parts.settings.read().retryAfterSeconds;
    return jsonAnswer(202, { status: 'Running' }, { 'retry-after': String(retryAfter) });
  }

  list(kind: ResourceKind): Answer {
    return jsonAnswer(200, { value: this.parts.store.list(kind) });
  }

  private end(resource: string, error: ReportedError | null): Answer {
    this.parts.store.setState(resource, error === null ? 'done' : 'failed');
    if (error === null) return jsonAnswer(200, { status: 'Succeeded', properties: this.parts.store.data(resource) });
    return jsonAnswer(200, { status: 'Failed', error: { code: error.code, message: error.message } });
  }

  private missingParent(kind: ResourceKind, body: Body): string | undefined {
    if (kind === 'tenants') return undefined;
    const tenantId = text(body, 'tenantId');
    if (this.parts.store.find('tenants', tenantId) === undefined) return `There is no tenant ${tenantId}.`;
    if (kind === 'billing-profiles') return undefined;
    const profileId = text(body, 'billingProfileId');
    const profile = this.parts.store.find('billing-profiles', profileId);
    return profile?.['tenantId'] === tenantId ? undefined : `There is no billing profile ${profileId} in that tenant.`;
  }

  private createTenant(body: Body): Work {
    const id = randomUUID();
    const { userId, domainName } = body;
    const data = { userId, tenantId: id, objectId: randomUUID(), domainName };
    this.parts.store.add({ id, kind: 'tenants', natural: natural('tenants', body), state: 'done', data });
    return done(jsonAnswer(200, data));
  }

  private createBillingProfile(body: Body, request: RequestContext, baseUrl: string): Work {
    const kind: ResourceKind = 'billing-profiles';
    const id = randomUUID();
    const { displayName, tenantId } = body;
    const data = {
      billingProfileId: id,
      billingProfileName: `bp-${id.slice(0, 8)}`,
      displayName,
      tenantId,
      invoiceSections: [{ invoiceSectionId: randomUUID(), invoiceSectionName: 'default' }],
    };
    const instant = this.parts.scripts.take(request, 'instant') !== undefined;
    this.parts.store.add({ id, kind, natural: natural(kind, body), state: instant ? 'done' : 'pending', data });
    return done(instant ? jsonAnswer(200, data) : this.accept(id, request, baseUrl));
  }

  private accept(resource: string, request: RequestContext, baseUrl: string): Answer {
    const script = this.parts.scripts.take(request, 'poll');
    const settings = this.parts.settings.read();
    const id = randomUUID();
    this.parts.store.addOperation({
      id,
      resource,
      remaining: script?.times ?? settings.pollsBeforeDone,
      retryAfter: script?.retryAfter ?? null,
      error: script?.outcome === 'failed' ? (script.error ?? REPORTED) : null,
    });
    const url = `${baseUrl}/csp/azure/operations/${id}`;
    const retryAfter = String(script?.retryAfter ?? settings.retryAfterSeconds);
    return jsonAnswer(
      202,
      { status: 'Accepted', operationId: id },
      { location: url, 'azure-asyncoperation': url, 'retry-after': retryAfter },
    );
  }

  private createAdminSubscription(body: Body, request: RequestContext): Work {
    const kind: ResourceKind = 'admin-subscriptions';
    if (!isHttpUrl(text(body, 'callbackUrl'))) {
      return refused(400, 'InvalidRequest', 'callbackUrl must be an http or https URL.');
    }
    const id = randomUUID();
    const { displayName, tenantId, billingProfileId } = body;
    const data = { subscriptionId: id, displayName, tenantId, billingProfileId };
    const instant = this.parts.scripts.take(request, 'instant') !== undefined;
    const script = instant ? undefined : this.parts.scripts.take(request, 'callback');
    const state = script?.mode === 'failed' ? 'failed' : 'done';
    this.parts.store.add({ id, kind, natural: natural(kind, body), state, data });
    if (instant) return done(jsonAnswer(200, data));
    const accepted = done(jsonAnswer(202, { status: 'Accepted' }));
    if (script?.mode === 'never') return accepted;
    const callback = this.addCallback(id, body, script);
    return script?.mode === 'early' ? { ...accepted, early: { callback, delayMs: script.delayMs ?? 0 } } : accepted;
  }

  private addCallback(resource: string, body: Body, script: CallbackScript): string {
    const id = `msg_${randomUUID()}`;
    const error = { retryable: false, ...REPORTED, ...script?.error };
    this.parts.callbacks.add({
      id,
      resource,
      url: text(body, 'callbackUrl'),
      body:
        script?.mode === 'failed'
          ? { status: 'failed', error }
          : { status: 'done', result: { subscriptionId: resource } },
      due: this.callbackDue(body, script),
      deliveries: script?.mode === 'twice' ? 2 : 1,
    });
    return id;
  }

  private callbackDue(body: Body, script: CallbackScript): number {
    if (script?.mode === 'late' && script.delayMs === undefined) {
      const deadline = Date.parse(String(body['deadline']));
      return (Number.isNaN(deadline) ? Date.now() : deadline) + LATE_MARGIN_MS;
    }
    return Date.now() + (script?.delayMs ?? this.parts.settings.read().callbackDelayMs);
  }
}
