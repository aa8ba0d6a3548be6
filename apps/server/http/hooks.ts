import type { FastifyInstance } from 'fastify';
import { runInContext } from '#platform';
import { Parts } from '../composition/parts.js';
import { ANONYMOUS, type HttpRequest } from './caller.js';

const CORRELATION = /^[A-Za-z0-9._:-]{1,128}$/;

/** What happens around every request: correlation id in and out, log context, duration. Raw bodies are kept for signatures. */
export function addHooks(fastify: FastifyInstance, parts: Parts): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const given = request.headers['x-correlation-id'];
    const correlationId = typeof given === 'string' && CORRELATION.test(given) ? given : parts.ids.uuid();
    (request as unknown as HttpRequest).correlationId = correlationId;
    void reply.header('X-Correlation-Id', correlationId);
    runInContext({ correlationId, ...ANONYMOUS }, done);
  });
  // Reading the body leaves the asynchronous context of onRequest.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { correlationId = '' } = request as unknown as HttpRequest;
    runInContext({ correlationId, ...ANONYMOUS }, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    parts.metrics.httpSeconds.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    done();
  });
}
