import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import {
  listProcesses,
  process,
  type ProcessDetail,
  type ProcessItem,
  type ProcessQuery,
  type Slice,
} from '#read-models';
import { Parts } from '../composition/parts.js';

export class ListProcesses extends Query<Slice<ProcessItem>> {
  constructor(readonly query: ProcessQuery) {
    super();
  }
}
export class GetProcess extends Query<ProcessDetail> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(ListProcesses)
export class ListProcessesHandler implements IQueryHandler<ListProcesses> {
  constructor(private readonly parts: Parts) {}

  execute({ query }: ListProcesses) {
    return listProcesses(this.parts.readModels, query);
  }
}

@QueryHandler(GetProcess)
export class GetProcessHandler implements IQueryHandler<GetProcess> {
  constructor(private readonly parts: Parts) {}

  async execute({ id }: GetProcess) {
    const found = await process(this.parts.readModels, id);
    if (found === undefined) throw new Refusal('process_not_found', 404, 'there is no such process');
    return found;
  }
}

export const processQueryHandlers = [ListProcessesHandler, GetProcessHandler];
