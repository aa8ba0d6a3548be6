import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

/** A route that needs no body. Clients that always name JSON as the type send it an empty one, which would be no JSON document. */
export const NoBody = () => RouteConfig({ noBody: true });

/** Where no body is needed, a content type without content means nothing. */
export function ignoreEmptyBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers, routeOptions } = request;
    const empty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
    const { noBody } = routeOptions.config as { readonly noBody?: boolean };
    if (empty && noBody === true) delete headers['content-type'];
    done();
  });
}
