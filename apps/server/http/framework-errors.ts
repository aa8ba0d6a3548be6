import { safePath, toProblem } from '#platform';

interface Reply {
  code(status: number): Reply;
  headers(values: Readonly<Record<string, string>>): Reply;
  send(body: string): unknown;
}

/** What Fastify refuses before any route is found (an address that cannot be decoded): problem details like everything else. */
export function frameworkErrors(error: unknown, request: { readonly url: string }, reply: unknown): void {
  sendProblem(reply as Reply, error, request.url);
}

/** Answers with problem details outside of Nest's filters. `url` may hold a token: only its safe path is told. */
export function sendProblem(reply: Reply, error: unknown, url: string): void {
  const { status, headers, body } = toProblem(error, safePath(url));
  reply.code(status).headers(headers).send(JSON.stringify(body));
}
