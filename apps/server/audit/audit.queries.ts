import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import { streamEvents, verifyStreams, type AuditPage, type Verified } from '#read-models';
import { Parts } from '../composition/parts.js';
import type { StreamEventsDto, VerifyDto } from './audit.query.dto.js';

/** A stream's state as it was after `revision`. */
export interface StateAt {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly state: unknown;
}

export class GetStreamEvents extends Query<AuditPage> {
  constructor(
    readonly stream: string,
    readonly query: StreamEventsDto,
  ) {
    super();
  }
}
export class GetStreamState extends Query<StateAt> {
  constructor(
    readonly stream: string,
    readonly revision: number | undefined,
  ) {
    super();
  }
}
export class VerifyChains extends Query<Verified> {
  constructor(readonly scope: VerifyDto) {
    super();
  }
}

const missing = (what: string) => new Refusal('not_found', 404, `there is no such ${what}`);

@QueryHandler(GetStreamEvents)
export class GetStreamEventsHandler implements IQueryHandler<GetStreamEvents> {
  constructor(private readonly parts: Parts) {}

  async execute({ stream, query: { from, direction, limit } }: GetStreamEvents) {
    const { store, log } = this.parts;
    const page = await streamEvents(store, (event) => log.decode(event), stream, {
      ...(from !== undefined && { from }),
      ...(direction && { direction }),
      ...(limit !== undefined && { limit }),
    });
    if (page.items.length === 0 && (await store.readStream(stream, { limit: 1 })).events.length === 0)
      throw missing('stream');
    return page;
  }
}

@QueryHandler(GetStreamState)
export class GetStreamStateHandler implements IQueryHandler<GetStreamState> {
  constructor(private readonly parts: Parts) {}

  async execute({ stream, revision: wanted }: GetStreamState) {
    const { state, revision, position } = await this.parts.runtime.load(stream, wanted);
    if (revision < 0) throw missing('stream');
    if (wanted !== undefined && revision < wanted) throw missing('revision');
    return { stream, revision, position, state };
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

export const auditQueryHandlers = [GetStreamEventsHandler, GetStreamStateHandler, VerifyChainsHandler];
