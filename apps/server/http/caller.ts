import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Refusal } from '#kernel';
import { ANONYMOUS, type Identity } from '#platform';

/** Who asks, and what marks the request. Tenant and actor come from here and nowhere else. */
export interface Caller {
  readonly tenant: string;
  readonly actor: string;
  readonly correlationId: string;
  readonly traceparent?: string;
  /** Method and path as routed, without the query: part of a command id. */
  readonly route: string;
  readonly idempotencyKey?: string;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  correlationId?: string;
  /** Set by the first hook; absent when the request carries no token we know. */
  identity?: Identity;
}

const KEY = /^[\x21-\x7e]{1,255}$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller of a request; `actor` in place of the token's where a route knows it otherwise. Refusal `validation_failed` (400) for an Idempotency-Key that is not 1 to 255 printable characters. */
export function callerOf(request: HttpRequest, actor?: string): Caller {
  const idempotencyKey = request.headers['idempotency-key'];
  if (idempotencyKey !== undefined && !KEY.test(idempotencyKey))
    throw new Refusal('validation_failed', 400, 'Idempotency-Key must be 1 to 255 printable characters');
  const traceparent = request.headers['traceparent'];
  const identity = request.identity ?? ANONYMOUS;
  return {
    tenant: identity.tenant,
    actor: actor ?? identity.actor,
    correlationId: request.correlationId ?? '',
    route: `${request.method} ${request.url.replace(/[?#].*$/s, '')}`,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(traceparent !== undefined && TRACEPARENT.test(traceparent) && { traceparent }),
  };
}

/** Gives a route the {@link Caller}. An open route names the actor: what authenticated the request is not a token. */
export const FromCaller = createParamDecorator((actor: string | undefined, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<HttpRequest>(), actor),
);
