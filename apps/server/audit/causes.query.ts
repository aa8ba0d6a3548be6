import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { traceFlow, type Flow } from '#audit';
import { begunBy } from '#read-models';
import { Parts } from '../composition/parts.js';
import { factOf } from './request-facts.js';

export class GetFlow extends Query<Flow> {
  constructor(readonly correlationId: string) {
    super();
  }
}

@QueryHandler(GetFlow)
export class GetFlowHandler implements IQueryHandler<GetFlow> {
  constructor(private readonly parts: Parts) {}

  execute({ correlationId }: GetFlow) {
    const { store, readModels } = this.parts;
    return traceFlow({ store, factOf, begunBy: (causes, limit) => begunBy(readModels, causes, limit) }, correlationId);
  }
}
