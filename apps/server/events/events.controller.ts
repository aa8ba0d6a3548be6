import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#kernel';
import { mayAct } from '#platform';
import { Parts } from '../composition/parts.js';
import { ApiProblems } from '../http/api-doc.js';
import type { HttpRequest } from '../http/caller.js';
import { Needs } from '../http/needs.js';
import { FollowEventsDto } from './events.dto.js';
import { LiveClients } from './live-clients.js';
import { filterOf } from './live-filter.js';

/** What is needed of a Fastify reply to answer without an end. */
interface Reply {
  readonly raw: ServerResponse;
  getHeaders(): Record<string, number | string | string[] | undefined>;
  hijack(): unknown;
}

const TEXT = 'text/event-stream';
/** The connection ends with the answer: one that is kept alive would hold up a server that stops. */
const HEADERS = {
  'content-type': `${TEXT}; charset=utf-8`,
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  connection: 'close',
};

@ApiTags('dashboards')
@Controller('events')
@Needs('read')
export class EventsController {
  constructor(
    private readonly clients: LiveClients,
    private readonly parts: Parts,
  ) {}

  /** Server-sent events (HTML Living Standard, section 9.2). */
  @Get()
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Log position of the last event that was seen' })
  @ApiOkResponse({
    description: 'Events as they are recorded, each with its log position as id; their data stays in the log',
    content: { [TEXT]: { schema: { type: 'string' } } },
  })
  @ApiProblems(400, 503)
  async follow(@Query() query: FollowEventsDto, @Req() request: HttpRequest, @Res() reply: Reply): Promise<void> {
    const after =
      lastSeen(request.headers['last-event-id']) ?? (query.after === undefined ? undefined : Number(query.after));
    const { access } = this.parts;
    const allowed = () => mayAct(access.identify(request.headers['authorization'])?.roles ?? [], 'read');
    const begin = (): ServerResponse => {
      const headers = { ...reply.getHeaders(), ...HEADERS };
      reply.hijack();
      reply.raw.writeHead(200, headers);
      if (request.method === 'HEAD') reply.raw.end();
      return reply.raw;
    };
    await this.clients.serve({ filter: filterOf(query.types, query.streams), after, allowed }, begin);
  }
}

/** Refusal `validation_failed` 400. A client that has seen nothing yet sends no such header, or an empty one. */
function lastSeen(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new Refusal('validation_failed', 400, '1 field is not valid', {}, [
    { pointer: '/Last-Event-ID', message: 'must be a whole number from 0' },
  ]);
}
