import { Router, type Request, type Response } from 'express';
import { Webhook } from 'standardwebhooks';
import type { AnswersStore } from '../answers.store.js';
import type { Callbacks } from '../callbacks.js';
import { callFirst } from '../csp.routes.js';
import type { Work } from '../csp.service.js';
import type { Database } from '../database.js';
import { contextOf, sendAnswer } from '../gate.js';
import type { LedgerStore } from '../ledger.store.js';
import { errorAnswer, jsonAnswer, type RequestContext } from '../sandbox.types.js';
import { isRequest, type ProvisionerService, type ProvisionerWork } from './provisioner.service.js';
import type { ProvisionerStore } from './provisioner.store.js';

export interface ProvisionerRouteParts {
  readonly database: Database;
  readonly ledger: LedgerStore;
  readonly answers: AnswersStore;
  readonly callbacks: Callbacks;
  readonly service: ProvisionerService;
  readonly store: ProvisionerStore;
  readonly secret: string;
  readonly closing: AbortSignal;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSigned(secret: string, request: Request, body: string): boolean {
  try {
    new Webhook(secret).verify(body, request.headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

/** One transaction: the work, its ledger entry, its callback and its answer are on disk together, or none of them is. */
function handleOnce(parts: ProvisionerRouteParts, context: RequestContext, baseUrl: string): Work {
  return parts.database.transaction(() => {
    const known = parts.answers.recall(context);
    if (known !== undefined) return { answer: known, applied: false };
    const body = parse(context.rawBody);
    const work: ProvisionerWork = isRequest(body)
      ? parts.service.handle(body, context, baseUrl)
      : { answer: errorAnswer(400, 'InvalidRequest', 'The body is not a request of the contract.'), applied: false };
    if (work.applied) parts.ledger.applied(context.seq);
    if (work.again !== true) parts.answers.remember(context, work.answer);
    return work;
  });
}

async function post(parts: ProvisionerRouteParts, request: Request, response: Response): Promise<void> {
  const context = contextOf(request);
  if (context.key === undefined)
    return sendAnswer(response, errorAnswer(400, 'IdempotencyKeyMissing', 'A request needs an Idempotency-Key.'));
  if (!isSigned(parts.secret, request, context.rawBody))
    return sendAnswer(response, errorAnswer(401, 'BadSignature', 'The request is not signed with our secret.'));
  const work = handleOnce(parts, context, `${request.protocol}://${request.get('host') ?? '127.0.0.1'}`);
  if (work.early !== undefined) await callFirst(parts, work.early);
  parts.callbacks.schedule();
  sendAnswer(response, work.answer);
}

/** /provisioners/{type}: provision and deprovision, how a request stands, and what was made. */
export function provisionerRoutes(parts: ProvisionerRouteParts): Router {
  const router = Router();
  router.post('/:type', (request, response) => post(parts, request, response));
  router.get('/:type', (request, response) =>
    sendAnswer(response, jsonAnswer(200, { value: parts.store.list(request.params.type) })),
  );
  router.get('/:type/requests/:key', (request, response) =>
    sendAnswer(
      response,
      parts.database.transaction(() => parts.service.standing(request.params.key)),
    ),
  );
  return router;
}
