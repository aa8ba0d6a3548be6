import type { Ids } from '#kernel';
import { safePath, toProblem } from '#platform';
import { correlationIdOf } from './hooks.js';

interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

interface Reply {
  header(name: string, value: string): unknown;
  code(status: number): Reply;
  headers(values: Readonly<Record<string, string>>): Reply;
  send(body: string): unknown;
}

/** What Fastify refuses before any route is found and any hook is run (an address that cannot be decoded): problem details like everything else. */
export const frameworkErrors =
  (ids: Ids) =>
  (error: unknown, request: Request, reply: unknown): void => {
    (reply as Reply).header('X-Correlation-Id', correlationIdOf(request, ids));
    sendProblem(reply as Reply, error, request.url);
  };

/** Answers with problem details outside of Nest's filters. `url` may hold a token: only its safe path is told. */
export function sendProblem(reply: Reply, error: unknown, url: string): void {
  const { status, headers, body } = toProblem(error, safePath(url));
  reply.code(status).headers(headers).send(JSON.stringify(body));
}
