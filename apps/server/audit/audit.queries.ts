import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { noStream } from '#audit';
import type { PersonalView } from '#event-store';
import { streamEvents, verifyStreams, type AuditPage, type Verified } from '#read-models';
import { Parts } from '../composition/parts.js';
import { GetDifferenceHandler, GetStreamStateHandler } from './time-travel.queries.js';
import type { StreamEventsDto, VerifyDto } from './audit.query.dto.js';

export class GetStreamEvents extends Query<AuditPage> {
  constructor(
    readonly stream: string,
    readonly query: StreamEventsDto,
    readonly view: PersonalView,
  ) {
    super();
  }
}
export class VerifyChains extends Query<Verified> {
  constructor(readonly scope: VerifyDto) {
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

@QueryHandler(VerifyChains)
export class VerifyChainsHandler implements IQueryHandler<VerifyChains> {
  constructor(private readonly parts: Parts) {}

  execute({ scope: { stream, category } }: VerifyChains) {
    return verifyStreams(this.parts.store, {
      ...(stream !== undefined && { stream }),
      ...(category !== undefined && { category }),
    });
  }
}

export const auditQueryHandlers = [
  GetStreamEventsHandler,
  GetStreamStateHandler,
  GetDifferenceHandler,
  VerifyChainsHandler,
];
