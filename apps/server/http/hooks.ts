import type { FastifyInstance } from 'fastify';
import type { Ids } from '#kernel';
import { ANONYMOUS, runInContext } from '#platform';
import { Parts } from '../composition/parts.js';
import { tooDeep } from './body-depth.js';
import type { HttpRequest } from './caller.js';

const CORRELATION = /^[A-Za-z0-9._:-]{1,128}$/;

/** As the caller names it, else a new one. */
export function correlationIdOf(
  { headers }: { readonly headers: Readonly<Record<string, unknown>> },
  ids: Ids,
): string {
  const given = headers['x-correlation-id'];
  return typeof given === 'string' && CORRELATION.test(given) ? given : ids.uuid();
}

/** What happens around every request: correlation id in and out, who sent it, log context, duration. Raw bodies are kept for signatures. */
export function addHooks(fastify: FastifyInstance, parts: Parts): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const correlationId = correlationIdOf(request, parts.ids);
    const marked = request as unknown as HttpRequest;
    marked.correlationId = correlationId;
    marked.identity = parts.access.identify(request.headers.authorization);
    void reply.header('X-Correlation-Id', correlationId);
    runInContext(contextOf(marked), done);
  });
  fastify.addHook('preValidation', (request, _reply, done) => done(tooDeep(request.body)));
  // Reading the body leaves the asynchronous context of onRequest.
  fastify.addHook('preValidation', (request, _reply, done) => {
    runInContext(contextOf(request as unknown as HttpRequest), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    if (parts.logger.isLevelEnabled('debug')) {
      const answered = { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
      parts.logger.debug({ ...contextOf(request as unknown as HttpRequest), ...answered }, 'a request is answered');
    }
    parts.metrics.httpSeconds.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    done();
  });
}

function contextOf({ correlationId = '', identity = ANONYMOUS }: HttpRequest) {
  const { tenant, actor } = identity;
  return { correlationId, tenant, actor };
}
