import { Router, type Request } from 'express';
import { Errors } from 'typebox/schema';
import type { AnswersStore } from '../answers.store.js';
import type { Database } from '../database.js';
import { contextOf, sendAnswer } from '../gate.js';
import type { LedgerStore } from '../ledger.store.js';
import { errorAnswer, jsonAnswer, type Answer } from '../sandbox.types.js';
import type { AzureRequest, AzureWork, Caller } from './azure.types.js';
import type { AzureWorld, Route } from './route.js';
import { routeOf, signInTenant } from './route-table.js';

export interface RootLogin {
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface AzureParts extends AzureWorld {
  readonly database: Database;
  readonly ledger: LedgerStore;
  readonly answers: AnswersStore;
}

const NOBODY: Caller = { kind: 'root', tenant: '', subject: '' };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** ARM and Graph as version 2 of the stage plan uses them, and the second provider. Everything about one request happens in one transaction. */
export function azureRoutes(parts: AzureParts, root: RootLogin): Router {
  const rootCaller = { kind: 'root', tenant: root.tenant, subject: root.clientId } as const;
  parts.store.setSecret(root.clientId, rootCaller, root.clientSecret);
  const router = Router();
  router.use(['/azure/arm', '/azure/graph', '/azure/login', '/sandbox'], (request, response) => {
    sendAnswer(
      response,
      parts.database.transaction(() => answer(parts, request)),
    );
  });
  return router;
}

function answer(parts: AzureParts, request: Request): Answer {
  const context = contextOf(request);
  const tenant = signInTenant(context.path);
  if (tenant !== undefined) return token(parts, tenant, new URLSearchParams(context.rawBody));
  const found = routeOf(context.method, context.path);
  if (found === undefined) return errorAnswer(404, 'NotFound', `There is no ${context.method} ${context.path}.`);
  const { route, params } = found;
  const url = new URL(request.originalUrl, `${request.protocol}://${request.get('host') ?? '127.0.0.1'}`);
  const caller =
    route.callers.length === 0
      ? NOBODY
      : parts.store.callerOf(/^Bearer (\S+)$/.exec(request.get('authorization') ?? '')?.[1] ?? '', route.api);
  if (caller === undefined)
    return errorAnswer(401, 'InvalidAuthenticationToken', 'The access token is missing or wrong.');
  if (caller !== NOBODY && !route.callers.includes(caller.kind))
    return errorAnswer(403, 'AuthorizationFailed', `This is not for ${caller.kind}.`);
  if (route.version !== undefined && url.searchParams.get('api-version') !== route.version)
    return errorAnswer(400, 'InvalidApiVersionParameter', `The api-version must be ${route.version}.`);
  const endpoint = `${url.origin}/csp/${route.api === 'sandbox' ? '' : 'azure/'}${route.api}`;
  return once(parts, route, {
    params,
    query: url.searchParams,
    body: parsed(context.rawBody),
    caller,
    context,
    endpoint,
  });
}

/** A repeat of a key is answered as before; everything that changes something needs one. */
function once(parts: AzureParts, route: Route, request: AzureRequest): Answer {
  const { context } = request;
  if (route.method === 'GET') return route.work(request, parts).answer;
  if (context.key === undefined)
    return errorAnswer(400, 'IdempotencyKeyMissing', 'This needs the header Idempotency-Key.');
  const known = parts.answers.recall(context);
  if (known !== undefined) return known;
  const work = worked(parts, route, request);
  if (work.applied) parts.ledger.applied(context.seq);
  // Who may do what changes: that is not the request's own answer.
  if (work.answer.status !== 403) parts.answers.remember(context, work.answer);
  return work.answer;
}

function worked(parts: AzureParts, route: Route, request: AzureRequest): AzureWork {
  const wrong = route.body ? Errors(route.body, request.body)[1] : [];
  if (wrong.length === 0) return route.work(request, parts);
  const message = wrong.map((fault) => `${fault.instancePath || '/'} ${fault.message}`).join('; ');
  return { answer: errorAnswer(400, 'BadRequest', message), applied: false };
}

/** OAuth 2.0: client credentials for principals, passwords for users. */
function token({ store }: AzureParts, tenant: string, form: URLSearchParams): Answer {
  const given = (name: string): string => form.get(name) ?? '';
  const byPassword = given('grant_type') === 'password';
  const api = /^https:\/\/(arm|graph)\/\.default$/.exec(given('scope'))?.[1];
  if (api === undefined) return jsonAnswer(400, { error: 'invalid_scope', error_description: 'No such scope.' });
  const caller = byPassword
    ? store.signIn(tenant, given('username'), given('password'))
    : store.signIn(tenant, given('client_id'), given('client_secret'));
  if (caller === undefined || (caller.kind === 'admin') !== byPassword)
    return jsonAnswer(400, { error: 'invalid_grant', error_description: 'Nobody here has this name and secret.' });
  return jsonAnswer(200, { token_type: 'Bearer', expires_in: 3_600, access_token: store.issueToken(caller, api) });
}
