import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import {
  listSubscriptions,
  processesOf,
  subscription,
  subscriptionHistory,
  usedBy,
  usersOf,
  type RecordedChange,
  type ReadModels,
  type Slice,
  type SubscriptionDetail,
  type SubscriptionQuery,
} from '#read-models';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { withWorkflowId } from '../processes/process.wire.js';
import { actionsOf, type Actions } from './subscription.actions.js';
import { CatalogueView } from '../products/catalogue.views.js';
import { relationsOf } from './instance-relations.js';
import { StartRules } from './start-rules.js';
import { domainModel, shapeOf } from './subscription.shape.js';

export class ListSubscriptions extends Query<Slice<object>> {
  constructor(
    readonly query: SubscriptionQuery & { readonly tag?: string },
    readonly withMetadata = false,
  ) {
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
export class GetHistory extends Query<readonly RecordedChange[]> {
  constructor(
    readonly id: string,
    readonly field: string | undefined,
  ) {
    super();
  }
}
export class GetActions extends Query<Actions> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

const notFound = () => new Refusal('subscription_not_found', 404, 'there is no such subscription');

async function existing(readModels: ReadModels, id: string): Promise<SubscriptionDetail> {
  const found = await subscription(readModels, id);
  if (found === undefined) throw notFound();
  return found;
}

@QueryHandler(ListSubscriptions)
export class ListSubscriptionsHandler implements IQueryHandler<ListSubscriptions> {
  constructor(private readonly parts: Parts) {}

  async execute({ query: { tag, ...query }, withMetadata }: ListSubscriptions) {
    const { catalogue, readModels } = this.parts;
    const tagged = catalogue.registered.filter((product) => product.tag === tag).map(({ productId }) => productId);
    const asked = tag === undefined ? query : { ...query, productIds: tagged };
    const { items, ...slice } = await listSubscriptions(readModels, asked);
    const view = await CatalogueView.of(this.parts);
    const shown = items.map(({ metadata, ...item }) => ({
      ...shapeOf(catalogue, view, item),
      ...(withMetadata && { metadata }),
    }));
    return { ...slice, items: shown };
  }
}

@QueryHandler(GetSubscription)
export class GetSubscriptionHandler implements IQueryHandler<GetSubscription> {
  constructor(private readonly parts: Parts) {}

  /** With its trail: who ran what on it, newest first. */
  async execute({ id }: GetSubscription) {
    const { readModels, catalogue } = this.parts;
    const found = await existing(readModels, id);
    const { holder, creation: _, ...shown } = found;
    const [users, used] = await Promise.all([usersOf(readModels, id), usedBy(readModels, id)]);
    const in_use_by = users.map(({ told: _told, ...related }) => related);
    const claimed_by = holder && { process_id: holder.processId, workflow_name: holder.workflow };
    const relations = { in_use_by, depends_on: used, claimed_by };
    return {
      ...shapeOf(catalogue, await CatalogueView.of(this.parts), shown),
      ...relations,
      processes: (await processesOf(readModels, id)).map(withWorkflowId),
    };
  }
}

@QueryHandler(GetDomainModel)
export class GetDomainModelHandler implements IQueryHandler<GetDomainModel> {
  constructor(private readonly parts: Parts) {}

  async execute({ id, filterOwnerRelations }: GetDomainModel) {
    const { catalogue, readModels } = this.parts;
    const found = await existing(readModels, id);
    const relations = await relationsOf(readModels, catalogue, id);
    return domainModel(catalogue, await CatalogueView.of(this.parts), found, relations, filterOwnerRelations);
  }
}

@QueryHandler(GetHistory)
export class GetHistoryHandler implements IQueryHandler<GetHistory> {
  constructor(private readonly parts: Parts) {}

  /** A field's name stands for what is under it too. */
  async execute({ id, field }: GetHistory) {
    const { store, log } = this.parts;
    const changes = await subscriptionHistory(store, (stored) => log.decode(stored), id);
    if (changes === undefined) throw notFound();
    return changes.filter((each) => field === undefined || each.field === field || each.field.startsWith(`${field}.`));
  }
}

@QueryHandler(GetActions)
export class GetActionsHandler implements IQueryHandler<GetActions> {
  constructor(
    private readonly parts: Parts,
    private readonly rules: StartRules,
  ) {}

  async execute({ id, caller }: GetActions) {
    const gathered = await this.rules.gather(id);
    const offered = this.parts.catalogue.find(gathered.found.product_id)?.workflows ?? [];
    const forbidden = await this.rules.forbidden(offered, caller);
    return actionsOf(gathered.facts, offered, (name) => this.rules.hindranceOf(gathered, name, !forbidden.has(name)));
  }
}

export const subscriptionQueryHandlers = [
  ListSubscriptionsHandler,
  GetSubscriptionHandler,
  GetDomainModelHandler,
  GetHistoryHandler,
  GetActionsHandler,
];
