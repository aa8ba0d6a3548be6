import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { overview, type Overview } from '#read-models';
import { Parts } from '../composition/parts.js';

export class GetOverview extends Query<Overview> {}

@QueryHandler(GetOverview)
export class GetOverviewHandler implements IQueryHandler<GetOverview> {
  constructor(private readonly parts: Parts) {}

  execute() {
    return overview(this.parts.readModels, this.parts.clock.now());
  }
}
