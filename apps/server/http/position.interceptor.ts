import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { Refusal } from '#kernel';
import { Parts } from '../composition/parts.js';

const WAIT_MS = 1_000;

/**
 * Purveyor-Position on every command's answer; `min_position` waits before every query (people read their own writes). Purveyor-Stale
 * on a query's answer while the views cannot follow the log.
 */
@Injectable()
export class PositionInterceptor implements NestInterceptor {
  constructor(private readonly parts: Parts) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<{ method: string; query?: Record<string, unknown> }>();
    if (request.method === 'GET') await this.waitFor(request.query);
    const reply = http.getResponse<{ header(name: string, value: string): unknown }>();
    const stale = request.method === 'GET' ? this.stale() : undefined;
    if (stale !== undefined) reply.header('Purveyor-Stale', stale);
    return next.handle().pipe(
      map((body: unknown) => {
        const position = (body as { position?: unknown } | undefined)?.position;
        if (request.method !== 'GET' && typeof position === 'number')
          reply.header('Purveyor-Position', String(position));
        return body;
      }),
    );
  }

  /** Why what the views show may be older than usual. */
  private stale(): string | undefined {
    const { trouble, projector } = this.parts;
    if (trouble() !== undefined) return 'log-unreachable';
    return projector.failure() === undefined ? undefined : 'projection-stopped';
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
