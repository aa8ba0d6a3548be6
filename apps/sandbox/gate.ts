import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { AnswersStore } from './answers.store.js';
import { kindOf } from './azure/route-table.js';
import type { LedgerStore } from './ledger.store.js';
import type { ScriptsStore } from './scripts.store.js';
import { jsonAnswer, type Answer, type RequestContext, type TransportBehaviour } from './sandbox.types.js';

export interface GateParts {
  readonly ledger: LedgerStore;
  readonly scripts: ScriptsStore;
  readonly answers: AnswersStore;
  /** Aborted when the sandbox closes: delayed requests are dropped. */
  readonly closing: AbortSignal;
}

const contexts = new WeakMap<Request, RequestContext>();

/** What the gate noted down about a request that came through it. */
export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('The request did not come through the gate.');
  return context;
}

export function sendAnswer(response: Response, answer: Answer): void {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

function failure(path: string, script: Extract<TransportBehaviour, { kind: 'fail' }>): Answer {
  const detail = 'The sandbox was told to fail.';
  const scim = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(script.status), detail };
  const standard = path.startsWith('/scim') ? scim : { error: { code: 'ScriptedFailure', message: detail } };
  const headers = script.retryAfter === undefined ? {} : { 'retry-after': String(script.retryAfter) };
  return jsonAnswer(script.status, script.body ?? standard, headers as Record<string, string>);
}

function garbage(script: Extract<TransportBehaviour, { kind: 'garbage' }>): Answer {
  if (script.shape === 'json') return jsonAnswer(200, script.body ?? { unexpected: ['shape'], ids: 42 });
  const body = typeof script.body === 'string' ? script.body : '<html>this is not { JSON';
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** Lets the work happen, then does something else with its answer: the work is committed when `end` is called. */
function replaceEnd(response: Response, then: () => void): void {
  const swallow = () => response;
  response.writeHead = swallow as never;
  response.write = (() => true) as never;
  response.end = (() => {
    then();
    return response;
  }) as never;
}

/** Writes the status into the ledger before the first byte of the answer leaves. */
function recordStatus(response: Response, ledger: LedgerStore, seq: number): void {
  // oxlint-disable-next-line typescript/unbound-method -- applied to the response below
  const { end } = response;
  response.end = ((...parts: unknown[]) => {
    ledger.answered(seq, response.statusCode);
    return Reflect.apply(end, response, parts) as Response;
  }) as never;
}

/** Everything that enters the world outside passes here: it is written down, then suffers what was scripted. */
export function gate(parts: GateParts): RequestHandler {
  return async (request, response, next) => {
    const path = request.originalUrl.split('?')[0] ?? '';
    const { method } = request;
    const key = request.header('idempotency-key') || undefined;
    const rawBody = typeof request.body === 'string' ? request.body : '';
    const kind = kindOf(method, path);
    const seq = parts.ledger.arrive({ method, path, kind, key });
    const trace = key ?? request.header('x-request-id');
    const context = { seq, key, trace, kind, method, path, rawBody };
    contexts.set(request, context);
    recordStatus(response, parts.ledger, seq);
    const script = parts.scripts.take(context, 'fail', 'delay', 'hang', 'cut', 'lose_answer', 'garbage');
    if (script === undefined || (await mayPass(script, context, response, parts))) next();
  };
}

/** Does what the script says; true if the work is to be done. */
async function mayPass(
  script: TransportBehaviour,
  context: RequestContext,
  response: Response,
  parts: GateParts,
): Promise<boolean> {
  if (script.kind === 'hang') return false;
  if (script.kind === 'delay') return wait(script.ms, parts.closing);
  if (script.kind === 'lose_answer') replaceEnd(response, () => response.socket?.destroy());
  else if (script.kind === 'cut') response.socket?.destroy();
  else if (script.kind === 'fail') fail(script, context, response, parts);
  else return spoil(script, response);
  return script.kind === 'lose_answer';
}

async function wait(ms: number, closing: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal: closing }).catch(() => false);
}

/** A scripted refusal is an answer like any other: a final one is given again to every repeat of the key. */
function fail(
  script: Extract<TransportBehaviour, { kind: 'fail' }>,
  context: RequestContext,
  response: Response,
  { answers }: GateParts,
): void {
  const answer = failure(context.path, script);
  if (!context.path.startsWith('/scim/') && context.method !== 'GET') answers.remember(context, answer);
  sendAnswer(response, answer);
}

function spoil(script: Extract<TransportBehaviour, { kind: 'garbage' }>, response: Response): boolean {
  if (script.work !== true) {
    sendAnswer(response, garbage(script));
    return false;
  }
  // oxlint-disable-next-line typescript/unbound-method -- put back on the same response below
  const { writeHead, end } = response;
  replaceEnd(response, () => {
    Object.assign(response, { writeHead, end });
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    sendAnswer(response, garbage(script));
  });
  return true;
}
