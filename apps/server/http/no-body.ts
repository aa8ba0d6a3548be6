import { applyDecorators, UseInterceptors, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Refusal } from '#kernel';
import { jsonPointer, validationRefusal } from '#platform';

/** A route that needs no body. Clients that always name JSON as the type send it an empty one, which would be no JSON document. */
export const NoBody = () => RouteConfig({ noBody: true });

/** A route of ours that takes nothing: what stands in a body all the same was meant for something, and is refused as an unknown field. */
export const TakesNoBody = () => applyDecorators(NoBody(), UseInterceptors({ intercept: refuseFields }));

/** Told only to who may send the command at all: interceptors come after guards. */
function refuseFields(context: ExecutionContext, next: CallHandler) {
  const refusal = unexpected(context.switchToHttp().getRequest<FastifyRequest>().body);
  if (refusal !== undefined) throw refusal;
  return next.handle();
}

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

/** Refusal `validation_failed` 400 that names each field; none of an empty object, an empty list, null or nothing. */
function unexpected(body: unknown): Refusal | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body !== 'object') return validationRefusal([{ pointer: '', message: 'must be empty' }]);
  const names = Object.keys(body);
  if (names.length === 0) return undefined;
  return validationRefusal(
    names.map((name) => ({ pointer: jsonPointer([name]), message: `${name} is not a known field` })),
  );
}
