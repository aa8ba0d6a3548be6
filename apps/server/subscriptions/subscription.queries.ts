import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import {
  listSubscriptions,
  processesOf,
  subscription,
  type ReadModels,
  type Slice,
  type SubscriptionDetail,
  type SubscriptionQuery,
} from '#read-models';
import { Parts } from '../composition/parts.js';
import { withWorkflowId } from '../processes/process.wire.js';
import { actionsOf, type Actions } from './subscription.actions.js';
import { relationsOf } from './instance-relations.js';
import { StartRules } from './start-rules.js';
import { domainModel, shapeOf } from './subscription.shape.js';

export class ListSubscriptions extends Query<Slice<object> & { readonly next: string | null }> {
  constructor(readonly query: SubscriptionQuery) {
    super();
  }
}
export class GetSubscription extends Query<object> {
  constructor(readonly id: string) {
    super();
  }
}
export class GetDomainModel extends Query<object> {
  constructor(
    readonly id: string,
    readonly filterOwnerRelations = true,
  ) {
    super();
  }
}
export class GetActions extends Query<Actions> {
  constructor(readonly id: string) {
    super();
  }
}

async function existing(readModels: ReadModels, id: string): Promise<SubscriptionDetail> {
  const found = await subscription(readModels, id);
  if (found === undefined) throw new Refusal('subscription_not_found', 404, 'there is no such subscription');
  return found;
}

@QueryHandler(ListSubscriptions)
export class ListSubscriptionsHandler implements IQueryHandler<ListSubscriptions> {
  constructor(private readonly parts: Parts) {}

  async execute({ query }: ListSubscriptions) {
    const { items, ...slice } = await listSubscriptions(this.parts.readModels, query);
    return { ...slice, items: items.map((item) => shapeOf(this.parts.catalogue, item)) };
  }
}

@QueryHandler(GetSubscription)
export class GetSubscriptionHandler implements IQueryHandler<GetSubscription> {
  constructor(private readonly parts: Parts) {}

  /** With its trail: who ran what on it, newest first. */
  async execute({ id }: GetSubscription) {
    const { readModels, catalogue } = this.parts;
    const found = await existing(readModels, id);
    const { holder: _holder, creation: _creation, ...shown } = found;
    return { ...shapeOf(catalogue, shown), processes: (await processesOf(readModels, id)).map(withWorkflowId) };
  }
}

@QueryHandler(GetDomainModel)
export class GetDomainModelHandler implements IQueryHandler<GetDomainModel> {
  constructor(private readonly parts: Parts) {}

  async execute({ id, filterOwnerRelations }: GetDomainModel) {
    const { catalogue, readModels } = this.parts;
    const found = await existing(readModels, id);
    return domainModel(catalogue, found, await relationsOf(readModels, catalogue, id), filterOwnerRelations);
  }
}

@QueryHandler(GetActions)
export class GetActionsHandler implements IQueryHandler<GetActions> {
  constructor(
    private readonly parts: Parts,
    private readonly rules: StartRules,
  ) {}

  async execute({ id }: GetActions) {
    const gathered = await this.rules.gather(id);
    const offered = this.parts.catalogue.find(gathered.found.product_id)?.workflows ?? [];
    return actionsOf(gathered.facts, offered, (name) => this.rules.hindranceOf(gathered, name));
  }
}

export const subscriptionQueryHandlers = [
  ListSubscriptionsHandler,
  GetSubscriptionHandler,
  GetDomainModelHandler,
  GetActionsHandler,
];
