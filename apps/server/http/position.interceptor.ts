import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { Refusal } from '#kernel';
import { Parts } from '../composition/parts.js';

const WAIT_MS = 1_000;
/** Views that are known to lag for so long are told as stale. */
const STALE_MS = 5_000;

interface Reply {
  header(name: string, value: string): unknown;
}

/**
 * Purveyor-Position on every command's answer: where its write is; and on every query's: what the views held, at least. `min_position`
 * waits before every query (people read their own writes). Purveyor-Stale and its age on a query's answer while the views do not
 * follow the log.
 */
@Injectable()
export class PositionInterceptor implements NestInterceptor {
  constructor(private readonly parts: Parts) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<{ method: string; query?: Record<string, unknown> }>();
    const reply = http.getResponse<Reply>();
    if (request.method === 'GET') await this.beforeQuery(request.query, reply);
    return next.handle().pipe(
      map((body: unknown) => {
        const position = (body as { position?: unknown } | undefined)?.position;
        if (request.method !== 'GET' && typeof position === 'number')
          reply.header('Purveyor-Position', String(position));
        return body;
      }),
    );
  }

  private async beforeQuery(query: Record<string, unknown> | undefined, reply: Reply): Promise<void> {
    await this.waitFor(query);
    const { projector, viewAge } = this.parts;
    reply.header('Purveyor-Position', String(projector.position()));
    const stale = this.stale();
    if (stale === undefined) return;
    reply.header('Purveyor-Stale', stale);
    reply.header('Purveyor-Stale-Seconds', String(Math.round(viewAge.ms() / 1_000)));
  }

  /** Why what the views show may be older than usual. */
  private stale(): string | undefined {
    const { trouble, projector, viewAge } = this.parts;
    if (trouble() !== undefined) return 'log-unreachable';
    if (projector.failure() !== undefined) return 'projection-stopped';
    return viewAge.ms() > STALE_MS ? 'lagging' : undefined;
  }

  private async waitFor(query: Record<string, unknown> | undefined): Promise<void> {
    const wanted = query?.['min_position'];
    if (wanted === undefined) return;
    if (typeof wanted !== 'string' || !/^\d{1,15}$/.test(wanted))
      throw new Refusal('validation_failed', 400, '1 field is not valid', {}, [
        { pointer: '/min_position', message: 'must be a whole number from 0' },
      ]);
    await this.parts.projector.waitFor(Number(wanted), WAIT_MS);
  }
}
