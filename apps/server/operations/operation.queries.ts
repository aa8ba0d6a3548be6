import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import { legalCommands, operationStream, type OperationState } from '#provisioning';
import {
  listOperations,
  operation,
  type OperationItem,
  type OperationQuery,
  type OperationView,
  type Slice,
} from '#read-models';
import { findShown } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';

export class ListOperations extends Query<Slice<OperationItem>> {
  constructor(readonly query: OperationQuery) {
    super();
  }
}
export class GetOperation extends Query<OperationView & { readonly commands: readonly string[] }> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(ListOperations)
export class ListOperationsHandler implements IQueryHandler<ListOperations> {
  constructor(private readonly parts: Parts) {}

  execute({ query }: ListOperations) {
    return listOperations(this.parts.readModels, query, this.parts.clock.now());
  }
}

@QueryHandler(GetOperation)
export class GetOperationHandler implements IQueryHandler<GetOperation> {
  constructor(private readonly parts: Parts) {}

  /** The view; the legal commands are decided from the state as it is, so that they are never stale. */
  async execute({ id }: GetOperation) {
    const { readModels, runtime, clock } = this.parts;
    const found = await findShown(this.parts, operationStream(id), () => operation(readModels, id, clock.now()));
    if (found === undefined) throw new Refusal('operation_not_found', 404, 'there is no such operation');
    if (found.state === 'CONFIGURATION_ERROR') return { ...found, commands: [] };
    const { state } = await runtime.load<OperationState>(operationStream(id));
    return { ...found, commands: state.status === 'ABSENT' ? [] : legalCommands(state) };
  }
}

export const operationQueryHandlers = [ListOperationsHandler, GetOperationHandler];
