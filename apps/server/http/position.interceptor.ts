import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { Refusal } from '#kernel';
import { ANSWER_MS } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';
import { STALE_MS } from '../composition/views.js';
import { groupsOf } from './reads.js';

type Query = Readonly<Record<string, unknown>>;

interface Reply {
  header(name: string, value: string): unknown;
}

/**
 * Purveyor-Position on every command's answer: where its write is; and on every query's: what the views held, at least. `min_position`
 * waits before every query for the groups of views that it reads (people read their own writes). Purveyor-Stale and its age on a query's answer while the views do not
 * follow the log.
 */
@Injectable()
export class PositionInterceptor implements NestInterceptor {
  constructor(private readonly parts: Parts) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<{ method: string; query?: Query }>();
    const reply = http.getResponse<Reply>();
    if (request.method === 'GET') await this.beforeQuery(groupsOf(context), request.query, reply);
    return next.handle().pipe(
      map((body: unknown) => {
        const position = (body as { position?: unknown } | undefined)?.position;
        if (request.method !== 'GET' && typeof position === 'number')
          reply.header('Purveyor-Position', String(position));
        return body;
      }),
    );
  }

  private async beforeQuery(groups: readonly string[], query: Query | undefined, reply: Reply): Promise<void> {
    await this.waitFor(groups, query);
    const { views } = this.parts;
    reply.header('Purveyor-Position', String(views.position(groups)));
    const stale = this.stale(groups);
    if (stale === undefined) return;
    reply.header('Purveyor-Stale', stale);
    reply.header('Purveyor-Stale-Seconds', String(Math.round(views.ageMs(groups) / 1_000)));
  }

  /** Why what the views show may be older than usual. */
  private stale(groups: readonly string[]): string | undefined {
    const { trouble, views } = this.parts;
    if (trouble() !== undefined) return 'log-unreachable';
    if (views.failure(groups) !== undefined) return 'projection-stopped';
    return views.ageMs(groups) > STALE_MS ? 'lagging' : undefined;
  }

  private async waitFor(groups: readonly string[], query: Query | undefined): Promise<void> {
    const wanted = query?.['min_position'];
    if (wanted === undefined) return;
    if (typeof wanted !== 'string' || !/^\d{1,15}$/.test(wanted))
      throw new Refusal('validation_failed', 400, '1 field is not valid', {}, [
        { pointer: '/min_position', message: 'must be a whole number from 0' },
      ]);
    await this.parts.views.waitFor(groups, Number(wanted), ANSWER_MS);
  }
}
