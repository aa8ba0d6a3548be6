import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { noStream } from '#audit';
import { metadataOf, type PersonalView } from '#event-store';
import { auditEvent, listStreams, storedEvents, type AuditPage, type Slice, type StreamItem } from '#read-models';
import { Parts } from '../composition/parts.js';
import { GetDifferenceHandler, GetStreamStateHandler } from './time-travel.queries.js';
import { GetFlowHandler } from './causes.query.js';
import { ExportEventsHandler } from './export.handler.js';
import { checkpointHandlers } from './checkpoint.handlers.js';
import type { StreamEventsDto } from './audit.query.dto.js';
import { raw as toTheLetter, readable, streamLinks, type RawEvent, type ReadableEvent } from './event.shape.js';

export class GetStreamEvents extends Query<AuditPage<ReadableEvent | RawEvent>> {
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

  async execute({ stream, query: { from, direction, limit, raw }, view }: GetStreamEvents) {
    const { store, log } = this.parts;
    const page = await storedEvents(store, stream, {
      ...(from !== undefined && { from }),
      ...(direction && { direction }),
      ...(limit !== undefined && { limit }),
    });
    if (page.items.length === 0 && (await store.readStream(stream, { limit: 1 })).events.length === 0)
      throw noStream(stream);
    if (raw === 'true') return { ...page, items: page.items.map(toTheLetter) };
    const decode = log.decodeFor.bind(log, view);
    return { ...page, items: page.items.map((stored) => readable(auditEvent(decode, stored))) };
  }
}

type ListedStream = StreamItem & {
  readonly last: { readonly type: string; readonly revision: number; readonly time: number; readonly actor: string };
  readonly links: ReturnType<typeof streamLinks>;
};

export class ListStreams extends Query<Slice<ListedStream>> {
  constructor(readonly query: Parameters<typeof listStreams>[1]) {
    super();
  }
}
/** Which streams there are is a view; how each one ends is read from it. */
@QueryHandler(ListStreams)
export class ListStreamsHandler implements IQueryHandler<ListStreams> {
  constructor(private readonly parts: Parts) {}

  async execute({ query }: ListStreams) {
    const { items, ...place } = await listStreams(this.parts.readModels, query);
    return { items: await Promise.all(items.map((item) => this.listed(item))), ...place };
  }

  private async listed(item: StreamItem): Promise<ListedStream> {
    const { stream } = item;
    const { events } = await this.parts.store.readStream(stream, { direction: 'backwards', limit: 1 });
    const last = events[0]!;
    const { type, revision } = last;
    const { time, actor } = metadataOf(last);
    return { ...item, last: { type, revision, time, actor }, links: streamLinks(stream) };
  }
}

export const auditQueryHandlers = [
  ListStreamsHandler,
  GetStreamEventsHandler,
  GetStreamStateHandler,
  GetDifferenceHandler,
  GetFlowHandler,
  ExportEventsHandler,
  ...checkpointHandlers,
];
