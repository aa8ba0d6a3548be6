import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { safePath } from '../log/safe-path.js';
import { isOurFault, toProblem } from './problem.js';

/** What the filter needs of a Fastify reply and request. */
interface Reply {
  readonly sent: boolean;
  code(status: number): Reply;
  headers(values: Readonly<Record<string, string>>): Reply;
  send(body: string): unknown;
}

/** Where faults of ours are told, with the stack that the answer does not carry. */
export interface FaultLog {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Every error that leaves a route, as application/problem+json (RFC 9457). Register with `useGlobalFilters`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: FaultLog) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<Reply>();
    const path = safePath(http.getRequest<{ url: string }>().url);
    const problem = toProblem(error, path);
    if (isOurFault(problem, error)) this.log.error({ err: error, path, code: problem.body.code }, 'a request failed');
    else if (problem.status > 500) this.log.warn({ path, code: problem.body.code }, 'a request could not be served');
    if (!reply.sent) reply.code(problem.status).headers(problem.headers).send(JSON.stringify(problem.body));
  }
}
