import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { noStream } from '#audit';
import type { PersonalView } from '#event-store';
import { streamEvents, type AuditPage } from '#read-models';
import { Parts } from '../composition/parts.js';
import { GetDifferenceHandler, GetStreamStateHandler } from './time-travel.queries.js';
import { GetFlowHandler } from './causes.query.js';
import { checkpointHandlers } from './checkpoint.handlers.js';
import type { StreamEventsDto } from './audit.query.dto.js';

export class GetStreamEvents extends Query<AuditPage> {
  constructor(
    readonly stream: string,
    readonly query: StreamEventsDto,
    readonly view: PersonalView,
  ) {
    super();
  }
}
@QueryHandler(GetStreamEvents)
export class GetStreamEventsHandler implements IQueryHandler<GetStreamEvents> {
  constructor(private readonly parts: Parts) {}

  async execute({ stream, query: { from, direction, limit }, view }: GetStreamEvents) {
    const { store, log } = this.parts;
    const page = await streamEvents(store, (event) => log.decodeFor(view, event), stream, {
      ...(from !== undefined && { from }),
      ...(direction && { direction }),
      ...(limit !== undefined && { limit }),
    });
    if (page.items.length === 0 && (await store.readStream(stream, { limit: 1 })).events.length === 0)
      throw noStream(stream);
    return page;
  }
}

export const auditQueryHandlers = [
  GetStreamEventsHandler,
  GetStreamStateHandler,
  GetDifferenceHandler,
  GetFlowHandler,
  ...checkpointHandlers,
];
