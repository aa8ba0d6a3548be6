import type { Failure, Outcome } from '#kernel';
import { fill, fillPath, type StageCall } from '#portfolio';
import type { EffectCall } from '#runtime';
import type { CspTarget, TokenWanted, Values } from './csp-target.js';
import type { CspRequest } from './http-client.js';

type Where = Pick<StageCall, 'api' | 'token'>;

/** Makes the calls of one attempt. Bodies depend on the frozen payload alone, so that every attempt sends the same bytes (law 2). */
export class CallSender {
  constructor(
    private readonly target: CspTarget,
    private readonly attempt: EffectCall,
  ) {}

  send(call: StageCall, values: Values): Promise<Outcome> {
    const url = this.urlOf(call, values);
    const body = call.body === undefined ? undefined : fill(call.body, values);
    const headers = call.method === 'GET' ? this.tracing() : { ...this.tracing(), ...this.keyed(call) };
    return this.authorized(call, values, { method: call.method, url, body, headers, signal: this.attempt.signal });
  }

  /** Asks an address that the CSP named; undefined when it is none of its own, which would be given our credentials. */
  read(
    location: string,
    token: string | undefined,
    values: Values,
    more: Partial<CspRequest>,
  ): Promise<Outcome> | undefined {
    const api = this.apiOf(location);
    if (api === undefined) return undefined;
    const { signal } = this.attempt;
    const request = { method: 'GET', url: location, headers: this.tracing(), signal, ...more } as const;
    return this.authorized({ api, token }, values, request);
  }

  urlOf({ api, path, query = {} }: StageCall, values: Values): string {
    const base = this.target.endpoints[api];
    if (base === undefined) throw new Error(`the CSP has no endpoint ${api}`);
    const asked = Object.entries(query).map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(String(fill(value, name === '$filter' ? quoted(values) : values)))}`,
    );
    return `${base}${fillPath(path, values)}${asked.length > 0 ? `?${asked.join('&')}` : ''}`;
  }

  /** The endpoint a location belongs to: the longest address before it, else any of the same origin. */
  private apiOf(location: string): string | undefined {
    if (!URL.canParse(location)) return undefined;
    const { origin } = new URL(location);
    const near = Object.entries(this.target.endpoints).filter(([, base]) => new URL(base).origin === origin);
    const before = near
      .filter(([, base]) => location.startsWith(`${base}/`))
      .sort(([, a], [, b]) => b.length - a.length);
    return (before[0] ?? near[0])?.[0];
  }

  private async authorized({ api, token }: Where, values: Values, request: CspRequest): Promise<Outcome> {
    const { client, access } = this.target;
    if (token === undefined || access === undefined) return client.send(request);
    const wanted: TokenWanted = { token, api, values, signal: request.signal };
    for (;;) {
      const granted = await access.authorization(wanted);
      if ('kind' in granted) return { kind: 'failed', failure: granted satisfies Failure };
      const outcome = await client.send({ ...request, headers: { ...request.headers, authorization: granted.header } });
      const refused = outcome.kind === 'failed' && outcome.failure.status === 401;
      if (refused) access.rejected(wanted);
      // A token from memory may have ended since; nothing was done with it.
      if (!refused || granted.fresh) return outcome;
    }
  }

  private keyed({ name, eachAttempt }: StageCall): Record<string, string> {
    const { idempotencyKey, attempt } = this.attempt;
    const parts = [idempotencyKey, ...(name === undefined ? [] : [name]), ...(eachAttempt ? [attempt] : [])];
    return { 'idempotency-key': parts.join('/'), 'x-attempt': String(attempt) };
  }

  private tracing(): Record<string, string> {
    const { correlationId, traceparent, idempotencyKey } = this.attempt;
    const ids = { 'x-correlation-id': correlationId, 'x-request-id': idempotencyKey };
    return { ...ids, ...(traceparent !== undefined && { traceparent }) };
  }
}

/** For a text within the quotes of an OData filter, where a quote is written twice (OData 4.01 URL conventions, 5.1.1.6.1). */
const quoted = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll("'", "''") : value,
    ]),
  );
