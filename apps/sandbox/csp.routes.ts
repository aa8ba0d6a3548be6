import { setTimeout as sleep } from 'node:timers/promises';
import { Router, type Request, type Response } from 'express';
import type { AnswersStore } from './answers.store.js';
import type { Callbacks } from './callbacks.js';
import type { Body, CspService, Work } from './csp.service.js';
import type { ResourceKind } from './csp.store.js';
import type { Database } from './database.js';
import { contextOf, sendAnswer } from './gate.js';
import type { LedgerStore } from './ledger.store.js';
import { errorAnswer, type Answer, type RequestContext } from './sandbox.types.js';

/** How long the answer of an `early` callback waits for the callback to be answered, in milliseconds. */
const EARLY_LIMIT_MS = 2_000;

export interface CspRouteParts {
  readonly database: Database;
  readonly ledger: LedgerStore;
  readonly answers: AnswersStore;
  readonly callbacks: Callbacks;
  readonly csp: CspService;
  readonly closing: AbortSignal;
}

function parse(rawBody: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(rawBody);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : undefined;
  } catch {
    return undefined;
  }
}

/** One transaction: the work, its ledger entry and its answer are on disk together, or none of them is. */
function createOnce(parts: CspRouteParts, kind: ResourceKind, context: RequestContext, baseUrl: string): Work {
  return parts.database.transaction(() => {
    const known = parts.answers.recall(context);
    if (known !== undefined) return { answer: known, applied: false };
    const body = parse(context.rawBody);
    const work: Work =
      body === undefined
        ? { answer: errorAnswer(400, 'InvalidRequest', 'The body is not a JSON object.'), applied: false }
        : parts.csp.create(kind, body, context, baseUrl);
    if (work.applied) parts.ledger.applied(context.seq);
    parts.answers.remember(context, work.answer);
    return work;
  });
}

/** The callback goes out, and is answered, before the answer does. */
export async function callFirst(
  parts: Pick<CspRouteParts, 'callbacks' | 'closing'>,
  early: NonNullable<Work['early']>,
): Promise<void> {
  const limit = sleep(EARLY_LIMIT_MS, undefined, { signal: parts.closing, ref: false }).catch(() => undefined);
  await Promise.race([parts.callbacks.deliverNow(early.callback), limit]);
  await sleep(early.delayMs, undefined, { signal: parts.closing }).catch(() => undefined);
}

async function create(parts: CspRouteParts, kind: ResourceKind, request: Request, response: Response): Promise<void> {
  const context = contextOf(request);
  if (context.key === undefined) {
    sendAnswer(response, errorAnswer(400, 'IdempotencyKeyMissing', 'A create needs the header Idempotency-Key.'));
    return;
  }
  const work = createOnce(parts, kind, context, `${request.protocol}://${request.get('host') ?? '127.0.0.1'}`);
  if (work.early !== undefined) await callFirst(parts, work.early);
  parts.callbacks.schedule();
  sendAnswer(response, work.answer);
}

/** /csp/azure: creates, lists and polls. */
export function cspRoutes(parts: CspRouteParts): Router {
  const router = Router();
  for (const kind of ['tenants', 'billing-profiles', 'admin-subscriptions'] as const) {
    router.post(`/azure/${kind}`, (request, response) => create(parts, kind, request, response));
    router.get(`/azure/${kind}`, (_request, response) => sendAnswer(response, parts.csp.list(kind)));
  }
  router.get('/azure/operations/:id', (request, response) => {
    const poll = (): Answer => parts.csp.poll(request.params.id);
    sendAnswer(response, parts.database.transaction(poll));
  });
  router.use((request, response) =>
    sendAnswer(response, errorAnswer(404, 'NotFound', `There is no ${request.method} ${request.originalUrl}.`)),
  );
  return router;
}
