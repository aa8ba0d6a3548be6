import { createHash } from 'node:crypto';
import { canonical, isRefusal, type Outcome } from '#kernel';
import { cutOff, fault, readText, systemFetch, type Fetch } from '#runtime';
import type { Provisioner, ProvisionerCall } from '../application/provisioner.js';
import type { NeedTerms } from '../published/index.js';
import { provisionerOutcome } from './answer.js';
import type { ProvisionerRequest } from './contract.js';

export interface HttpProvisionerOptions {
  readonly type: string;
  /** Where requests are posted. Configuration pinned it: the guard does not look at its origin. */
  readonly endpoint: string;
  readonly terms?: Partial<NeedTerms>;
  readonly concurrency?: number;
  /** Standard Webhooks headers over a body; `time` in ms. */
  readonly sign: (message: { readonly id: string; readonly time: number; readonly body: string }) => object;
  readonly fetch?: Fetch;
  /** For addresses that a provisioner named: other origins than the endpoint's. */
  readonly guardedFetch: Fetch;
  readonly now?: () => number;
}

const MOST_REDIRECTS = 3;

/** A provisioner behind the HTTP contract of docs/how-to/write-a-provisioner.md. Never throws: whatever happens is an outcome. */
export function httpProvisioner(options: HttpProvisionerOptions): Provisioner {
  const { type, endpoint, terms, concurrency, fetch = systemFetch, guardedFetch, now = Date.now } = options;
  const origin = new URL(endpoint).origin;

  async function exchange(method: 'GET' | 'POST', url: string, call: ProvisionerCall, redirects = 0): Promise<Outcome> {
    const pinned = new URL(url).origin === origin;
    const body = method === 'POST' ? canonical(bodyOf(call)) : undefined;
    const headers = { ...headersOf(call), ...(pinned && signed(call, body ?? '')) };
    const init = { method, headers, body, redirect: 'manual', signal: call.signal } as const;
    try {
      const response = await (pinned ? fetch : guardedFetch)(url, init);
      const text = await readText(response);
      const next = method === 'GET' ? redirectOf(response, url) : undefined;
      if (next !== undefined && redirects < MOST_REDIRECTS) return await exchange(method, next, call, redirects + 1);
      return provisionerOutcome({ status: response.status, headers: response.headers, text }, url, now());
    } catch (error) {
      if (isRefusal(error)) return fault('refused', error.code, error.message);
      return { kind: 'failed', failure: cutOff(error) };
    }
  }

  const signed = (call: ProvisionerCall, body: string) =>
    options.sign({ id: messageId(call.idempotencyKey), time: now(), body });

  return {
    type,
    terms,
    concurrency,
    call: (call) => exchange('POST', endpoint, call),
    async ask(call) {
      const status = `${endpoint.replace(/\/+$/, '')}/requests/${encodeURIComponent(call.idempotencyKey)}`;
      const url = call.location ?? (terms?.probe === true ? status : undefined);
      if (url === undefined) return 'absent';
      if (!/^https?:$/.test(new URL(url).protocol))
        return fault('refused', 'address_refused', 'the location is no http(s) address');
      const outcome = await exchange('GET', url, call);
      return outcome.kind === 'failed' && outcome.failure.status === 404 ? 'absent' : outcome;
    },
  };
}

/** Webhook ids have no dots: a dot separates the parts of what is signed. */
const messageId = (key: string): string => `msg_${createHash('sha256').update(key).digest('base64url')}`;

function bodyOf(call: ProvisionerCall): ProvisionerRequest {
  const { operationId, needId, type, resource, parameters, callbackUrl, deadline } = call;
  return {
    operationId,
    needId,
    type,
    resource: resource as ProvisionerRequest['resource'],
    parameters,
    callbackUrl,
    ...(deadline !== undefined && { deadline: new Date(deadline).toISOString() }),
  };
}

const headersOf = (call: ProvisionerCall): Record<string, string> => ({
  accept: 'application/json',
  'content-type': 'application/json',
  'idempotency-key': call.idempotencyKey,
  'x-attempt': String(call.attempt),
  'x-correlation-id': call.correlationId,
  ...(call.traceparent !== undefined && { traceparent: call.traceparent }),
});

function redirectOf(
  { status, headers }: { status: number; headers: { get(name: string): string | null } },
  url: string,
) {
  const location = headers.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return undefined;
  return URL.canParse(location, url) ? new URL(location, url).href : undefined;
}
