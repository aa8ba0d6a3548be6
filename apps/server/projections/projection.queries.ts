import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import { listProjections, parkedEvents, type Page, type ParkedEvent } from '#read-models';
import { Parts } from '../composition/parts.js';
import type { PageDto } from '../http/query.dto.js';
import { projectionItem, type ProjectionItem } from './projection.item.js';
import { projectionNamed } from './projection-named.js';

export class ListProjections extends Query<{ readonly items: readonly ProjectionItem[] }> {}

@QueryHandler(ListProjections)
export class ListProjectionsHandler implements IQueryHandler<ListProjections> {
  constructor(private readonly parts: Parts) {}

  async execute() {
    const { readModels, store } = this.parts;
    const [statuses, head] = await Promise.all([listProjections(readModels), store.head()]);
    return { items: statuses.map((status) => projectionItem(this.parts, status, head)) };
  }
}

export class GetProjection extends Query<ProjectionItem> {
  constructor(readonly name: string) {
    super();
  }
}

@QueryHandler(GetProjection)
export class GetProjectionHandler implements IQueryHandler<GetProjection> {
  constructor(private readonly list: ListProjectionsHandler) {}

  async execute({ name }: GetProjection) {
    projectionNamed(name);
    const found = (await this.list.execute()).items.find((item) => item.name === name);
    if (found === undefined) throw new Refusal('unavailable', 503, `${name} has not begun yet`);
    return found;
  }
}

export class ListParked extends Query<Page<ParkedEvent>> {
  constructor(
    readonly name: string,
    readonly page: PageDto,
  ) {
    super();
  }
}

@QueryHandler(ListParked)
export class ListParkedHandler implements IQueryHandler<ListParked> {
  constructor(private readonly parts: Parts) {}

  execute({ name, page }: ListParked) {
    return parkedEvents(this.parts.readModels, projectionNamed(name).name, page);
  }
}

export const projectionQueryHandlers = [ListProjectionsHandler, GetProjectionHandler, ListParkedHandler];
