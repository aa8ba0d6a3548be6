import { Command, CommandHandler, QueryBus, type ICommandHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import { askForRebuild, askForRevert, parkedEvents, type Asked } from '#read-models';
import { Parts } from '../composition/parts.js';
import type { ProjectionItem } from './projection.item.js';
import { projectionNamed } from './projection-named.js';
import { GetProjection } from './projection.queries.js';

/** `replay`: a rebuild, where events are parked: what came after such an event was folded without it. */
export type Wish = 'rebuild' | 'replay' | 'revert';

/** Asks the projector, in whichever process it runs, for other rows of a view. */
export class OperateProjection extends Command<ProjectionItem> {
  constructor(
    readonly name: string,
    readonly wish: Wish,
  ) {
    super();
  }
}

@CommandHandler(OperateProjection)
export class OperateProjectionHandler implements ICommandHandler<OperateProjection> {
  constructor(
    private readonly parts: Parts,
    private readonly queries: QueryBus,
  ) {}

  async execute({ name, wish }: OperateProjection) {
    const { readModels, logger } = this.parts;
    const projection = projectionNamed(name);
    if (wish === 'revert') refuseUnless(await askForRevert(readModels, projection));
    else if (wish === 'rebuild' || (await parkedEvents(readModels, name, { limit: 1 })).items.length > 0)
      await askForRebuild(readModels, projection);
    logger.info({ projection: name, wish }, 'other rows of a view were asked for');
    return this.queries.execute(new GetProjection(name));
  }
}

function refuseUnless(asked: Asked): void {
  if (asked === 'running') throw new Refusal('rebuild_running', 409, 'the view is being rebuilt');
  if (asked === 'nothing_kept') throw new Refusal('no_rows_of_before', 409, 'no earlier rows of this view are kept');
  if (asked === 'other_version')
    throw new Refusal('rows_of_another_version', 409, 'the rows of before were made by another version of the view');
}

export const projectionCommandHandlers = [OperateProjectionHandler];
