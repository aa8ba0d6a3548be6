import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { BEARER_SCHEME } from './needs.js';

const TOKENS =
  'A token of PURVEYOR_TOKENS_FILE. Routes list the role they need; admin includes operate, operate includes read. Without that file the server listens on loopback only and asks for no token.';

type ResponsesObject = NonNullable<OpenAPIObject['paths'][string]['get']>['responses'];

/** The OpenAPI 3.1 document of all routes. Operation ids are `<controller>.<method>`. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Purveyor')
    .setDescription('Portfolios, subscriptions and their processes. Errors are problem details (RFC 9457).')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: TOKENS }, BEARER_SCHEME)
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${lowerFirst(controller.replace(/Controller$/, ''))}.${method}`,
  });
  for (const [path, { get }] of Object.entries(document.paths))
    if (get && path.startsWith('/api/')) describeQuery(get.responses);
  return document;
}

/** What every query has: see entity-tag.ts and position.interceptor.ts. */
function describeQuery(responses: ResponsesObject): void {
  responses['304'] = { description: 'If-None-Match names the ETag of this answer' };
  const answer = responses['200'];
  if (answer !== undefined && !('$ref' in answer)) answer.headers = { ...VIEW_HEADERS, ...answer.headers };
}

const VIEW_HEADERS = {
  'Purveyor-Position': {
    description: 'The views held this log position, at least',
    schema: { type: 'integer' as const },
  },
  'Purveyor-Stale': {
    description: 'Why this may be older than usual; absent while it is not',
    schema: { type: 'string' as const, enum: ['log-unreachable', 'projection-stopped', 'lagging'] },
  },
  'Purveyor-Stale-Seconds': {
    description: 'With Purveyor-Stale: since when the views may lack something',
    schema: { type: 'integer' as const },
  },
};

/** /openapi.json and, for people, /docs. The page loads its parts from this server only. */
export function serveApiDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Purveyor API',
    // Swagger UI would otherwise ask a validator outside.
    swaggerOptions: { validatorUrl: null },
  });
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
