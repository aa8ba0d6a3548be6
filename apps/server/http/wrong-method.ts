import type { FastifyInstance } from 'fastify';
import { Refusal } from '#kernel';
import { sendProblem } from './framework-errors.js';

interface Known {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** 405 with `Allow` for a path that has routes, but none for this method. Call it before routes are added. */
export function refuseWrongMethods(fastify: FastifyInstance): void {
  const routes = new Map<string, Known>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const each of [method].flat()) known.methods.add(each);
    if (!url.includes('*')) routes.set(url, known);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const allowed = request.is404 ? allowedAt(routes, request.url.replace(/[?#].*$/s, '')) : [];
    if (allowed.length === 0) return done();
    void reply.header('Allow', allowed.join(', '));
    sendProblem(
      reply,
      new Refusal('method_not_allowed', 405, `this address answers ${allowed.join(', ')}`),
      request.url,
    );
  });
}

function allowedAt(routes: ReadonlyMap<string, Known>, path: string): readonly string[] {
  const found = [...routes.values()].filter(({ pattern }) => pattern.test(path));
  return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
}

/** `/api/portfolios/:id` as an expression; other characters stand for themselves. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[^\w-]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}/?$`);
}
