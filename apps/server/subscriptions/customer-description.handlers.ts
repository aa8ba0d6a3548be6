import { Command, CommandHandler, Query, QueryHandler, type ICommandHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import {
  customerDescription,
  customerDescriptionFor,
  customerDescriptionOwner,
  type CustomerDescriptionItem,
} from '#read-models';
import { DECISION_MS, viewsCaughtUp } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import type { Accepted } from '../http/command-sender.js';
import type { ChangeCustomerDescriptionDto, CreateCustomerDescriptionDto } from './customer-description.dto.js';
import { SubscriptionSender } from './subscription.handlers.js';

export class CreateCustomerDescription extends Command<Accepted> {
  constructor(
    readonly body: CreateCustomerDescriptionDto,
    readonly caller: Caller,
  ) {
    super();
  }
}
export class ChangeCustomerDescription extends Command<Accepted> {
  constructor(
    readonly body: ChangeCustomerDescriptionDto,
    readonly caller: Caller,
  ) {
    super();
  }
}
export class RemoveCustomerDescription extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}
export class GetCustomerDescription extends Query<CustomerDescriptionItem> {
  constructor(readonly by: { readonly id: string } | { readonly customer: string; readonly subscription: string }) {
    super();
  }
}

const missing = () => new Refusal('customer_description_not_found', 404, 'there is no such customer description');

@CommandHandler(CreateCustomerDescription)
export class CreateCustomerDescriptionHandler implements ICommandHandler<CreateCustomerDescription> {
  constructor(private readonly subscriptions: SubscriptionSender) {}

  /** Its id is that of the command, so that a repeat with the same key makes no second one. */
  execute({ body, caller }: CreateCustomerDescription) {
    const { subscription_id, customer_id: customerId, description } = body;
    const make = async (id: string) => {
      return { type: 'SetCustomerDescription', id, customerId, description, existing: false } as const;
    };
    return this.subscriptions.send(subscription_id, caller, body, make);
  }
}

@CommandHandler(ChangeCustomerDescription)
export class ChangeCustomerDescriptionHandler implements ICommandHandler<ChangeCustomerDescription> {
  constructor(private readonly subscriptions: SubscriptionSender) {}

  execute({ body, caller }: ChangeCustomerDescription) {
    const { id, subscription_id, customer_id: customerId, description, version } = body;
    const about = { id, customerId, description, existing: true, ...(version !== undefined && { version }) };
    return this.subscriptions.send(subscription_id, caller, body, async () => ({
      type: 'SetCustomerDescription',
      ...about,
    }));
  }
}

@CommandHandler(RemoveCustomerDescription)
export class RemoveCustomerDescriptionHandler implements ICommandHandler<RemoveCustomerDescription> {
  constructor(
    private readonly parts: Parts,
    private readonly subscriptions: SubscriptionSender,
  ) {}

  /** Only the views know whose it is, so they must have seen what is in the log by now. */
  async execute({ id, caller }: RemoveCustomerDescription) {
    await viewsCaughtUp(this.parts, DECISION_MS);
    const owner = await customerDescriptionOwner(this.parts.readModels, id);
    if (owner === undefined) throw missing();
    const command = { type: 'RemoveCustomerDescription', id } as const;
    return this.subscriptions.send(owner, caller, null, async () => command);
  }
}

@QueryHandler(GetCustomerDescription)
export class GetCustomerDescriptionHandler implements IQueryHandler<GetCustomerDescription> {
  constructor(private readonly parts: Parts) {}

  async execute({ by }: GetCustomerDescription) {
    const { readModels } = this.parts;
    const found =
      'id' in by
        ? await customerDescription(readModels, by.id)
        : await customerDescriptionFor(readModels, by.customer, by.subscription);
    if (found === undefined) throw missing();
    return found;
  }
}

export const customerDescriptionHandlers = [
  CreateCustomerDescriptionHandler,
  ChangeCustomerDescriptionHandler,
  RemoveCustomerDescriptionHandler,
  GetCustomerDescriptionHandler,
];
