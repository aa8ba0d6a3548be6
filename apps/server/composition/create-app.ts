import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { PinoNestLogger, ProblemFilter, validationPipe } from '#platform';
import { AppModule } from '../app.module.js';
import { addEntityTags } from '../http/entity-tag.js';
import { frameworkErrors } from '../http/framework-errors.js';
import { addHooks } from '../http/hooks.js';
import { ignoreEmptyBodies } from '../http/no-body.js';
import { serveApiDocs } from '../http/openapi.js';
import { PositionInterceptor } from '../http/position.interceptor.js';
import { RoleGuard } from '../http/role.guard.js';
import { unreadableRequests } from '../http/unreadable-requests.js';
import { endUnusedConnections } from '../http/unused-connections.js';
import { refuseWrongMethods } from '../http/wrong-method.js';
import type { Parts } from './parts.js';

const BODY_LIMIT = 1024 * 1024;
/** Characters of a path segment; callback tokens are the longest. */
const LONGEST_TOKEN = 1024;
/** A request that has not arrived in whole by then is cut off, ms: nobody holds a connection by sending a byte now and then. */
const SLOWEST_REQUEST = 20_000;

/** The HTTP application over opened parts; not listening yet. */
export async function createApp(parts: Parts): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.over(parts),
    new FastifyAdapter({
      bodyLimit: BODY_LIMIT,
      routerOptions: { maxParamLength: LONGEST_TOKEN, ignoreTrailingSlash: true },
      forceCloseConnections: 'idle',
      requestTimeout: SLOWEST_REQUEST,
      // Node 20 looks at the whole request only where the time for its headers is the shorter one.
      http: { connectionsCheckingInterval: SLOWEST_REQUEST / 4, headersTimeout: SLOWEST_REQUEST / 2 },
      frameworkErrors: frameworkErrors(parts.ids),
      clientErrorHandler: unreadableRequests(parts.ids),
    }),
    { logger: new PinoNestLogger(parts.logger), rawBody: true, abortOnError: false },
  );
  addHooks(app.getHttpAdapter().getInstance(), parts);
  ignoreEmptyBodies(app.getHttpAdapter().getInstance());
  addEntityTags(app.getHttpAdapter().getInstance());
  endUnusedConnections(app.getHttpAdapter().getInstance());
  refuseWrongMethods(app.getHttpAdapter().getInstance());
  app.setGlobalPrefix('api', { exclude: ['healthz', 'readyz', 'metrics'] });
  app.useGlobalGuards(new RoleGuard());
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter(parts.logger));
  app.useGlobalInterceptors(new PositionInterceptor(parts));
  serveApiDocs(app);
  return app;
}
