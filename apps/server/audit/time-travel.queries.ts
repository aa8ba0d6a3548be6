import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { differenceBetween, noStream, stateAt, type Difference, type Folding, type StateAt } from '#audit';
import type { PersonalView } from '#event-store';
import { isRefusal } from '#kernel';
import { Parts } from '../composition/parts.js';
import type { DifferenceDto, StreamStateDto } from './audit.query.dto.js';
import { pointOf } from './points.js';

export class GetStreamState extends Query<StateAt> {
  constructor(
    readonly stream: string,
    readonly at: StreamStateDto,
    readonly view: PersonalView,
  ) {
    super();
  }
}

export class GetDifference extends Query<Difference> {
  constructor(
    readonly stream: string,
    readonly between: DifferenceDto,
    readonly view: PersonalView,
  ) {
    super();
  }
}

/** What live work folds the stream with, for a reader who may see this much. */
function folding({ store, log, runtime }: Parts, stream: string, view: PersonalView): Folding {
  return { store, decode: (stored) => log.decodeFor(view, stored), decider: deciderOf(runtime, stream) };
}

function deciderOf(runtime: Parts['runtime'], stream: string): Folding['decider'] {
  try {
    return runtime.deciderOf(stream);
  } catch (error) {
    throw isRefusal(error) ? noStream(stream) : error;
  }
}

@QueryHandler(GetStreamState)
export class GetStreamStateHandler implements IQueryHandler<GetStreamState> {
  constructor(private readonly parts: Parts) {}

  async execute({ stream, at: { revision, at }, view }: GetStreamState) {
    const point = pointOf({ revision, at, absent: 'newest' });
    return stateAt(folding(this.parts, stream, view), stream, point);
  }
}

@QueryHandler(GetDifference)
export class GetDifferenceHandler implements IQueryHandler<GetDifference> {
  constructor(private readonly parts: Parts) {}

  async execute({ stream, between, view }: GetDifference) {
    const { from_revision, from_at, to_revision, to_at } = between;
    const from = pointOf({ prefix: 'from_', revision: from_revision, at: from_at, absent: { revision: 0 } });
    const to = pointOf({ prefix: 'to_', revision: to_revision, at: to_at, absent: 'newest' });
    return differenceBetween(folding(this.parts, stream, view), stream, from, to);
  }
}
