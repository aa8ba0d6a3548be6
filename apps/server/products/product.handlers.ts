import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { productStream, type CatalogueKind, type ProductCommand } from '#catalogue';
import { liveSubscriptions } from '#read-models';
import { ANSWER_MS, DECISION_MS, viewsCaughtUp } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { CommandSender } from '../http/command-sender.js';
import { CatalogueView } from './catalogue.views.js';
import type { PatchProductDto } from './product.dto.js';
import { itemOf } from './product.queries.js';

/** Answers the thing as it is then. `status` is for products. */
export class PatchCatalogueItem extends Command<{ readonly item: object; readonly position: number }> {
  constructor(
    readonly kind: CatalogueKind,
    readonly id: string,
    readonly body: PatchProductDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(PatchCatalogueItem)
export class PatchCatalogueItemHandler implements ICommandHandler<PatchCatalogueItem> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  async execute({ kind, id, body, caller }: PatchCatalogueItem) {
    const known = itemOf(await CatalogueView.of(this.parts), kind, id);
    const make = () => (kind === 'product' ? this.product(id, body) : this.described(kind, known, body));
    const commandId = this.sender.commandId(caller);
    const { position } = await this.sender.send(productStream(id), caller, commandId, body, make);
    await this.parts.projector.waitFor(position, ANSWER_MS);
    return { item: itemOf(await CatalogueView.of(this.parts), kind, id), position };
  }

  /** The end of a product's life depends on subscriptions of other streams: they are counted as of the log's end. */
  private async product(id: string, body: PatchProductDto): Promise<ProductCommand> {
    const { description, status, reconcile_out_of_sync: reconcileOutOfSync } = body;
    const { readModels, clock } = this.parts;
    if (status === 'end of life') await viewsCaughtUp(this.parts, DECISION_MS);
    const live = await liveSubscriptions(readModels, id);
    const change = {
      ...(description !== undefined && { description }),
      ...(status !== undefined && { status }),
      ...(reconcileOutOfSync !== undefined && { reconcileOutOfSync }),
    };
    return { type: 'PatchProduct', ...change, liveSubscriptions: live, time: clock.now() };
  }

  private async described(
    kind: Exclude<CatalogueKind, 'product'>,
    known: object,
    body: PatchProductDto,
  ): Promise<ProductCommand> {
    const { name, resource_type, description: old } = known as Readonly<Record<string, string | undefined>>;
    const description = body.description ?? old ?? '';
    return { type: 'SetDescription', kind, name: name ?? resource_type!, description, time: this.parts.clock.now() };
  }
}

export const productCommandHandlers = [PatchCatalogueItemHandler];
