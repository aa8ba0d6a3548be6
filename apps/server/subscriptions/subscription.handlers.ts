import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { processesOf } from '#read-models';
import { subscriptionStream, type SubscriptionCommand } from '#subscription';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { CommandSender, type Accepted } from '../http/command-sender.js';
import * as commands from './subscription.commands.js';

/** A command without the time, which is the moment it is decided. */
type Untimed<C> = C extends { readonly time: number } ? Omit<C, 'time'> : never;

/** Sends people's commands to subscriptions. */
@Injectable()
export class SubscriptionSender {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  send(
    id: string,
    caller: Caller,
    body: unknown,
    make: (commandId: string) => Promise<Untimed<SubscriptionCommand>>,
  ): Promise<Accepted> {
    const commandId = this.sender.commandId(caller);
    const timed = async () => ({ ...(await make(commandId)), time: this.parts.clock.now() });
    return this.sender.send(subscriptionStream(id), caller, commandId, body, timed);
  }
}

/** Statuses of a process in which it does nothing any more. */
const ENDED = ['completed', 'aborted'];

@CommandHandler(commands.SetInSync)
export class SetInSyncHandler implements ICommandHandler<commands.SetInSync> {
  constructor(
    private readonly parts: Parts,
    private readonly subscriptions: SubscriptionSender,
  ) {}

  /** The views add processes of before claims; who holds the subscription now is decided in its stream. */
  execute({ id, caller }: commands.SetInSync) {
    return this.subscriptions.send(id, caller, null, async () => {
      const processes = await processesOf(this.parts.readModels, id);
      const open = processes.filter((each) => !each.is_task && !ENDED.includes(each.last_status));
      return { type: 'SetInSync', unfinished: open.map((each) => each.process_id) };
    });
  }
}

@CommandHandler(commands.SetNote)
export class SetNoteHandler implements ICommandHandler<commands.SetNote> {
  constructor(private readonly subscriptions: SubscriptionSender) {}

  execute({ id, body, caller }: commands.SetNote) {
    return this.subscriptions.send(id, caller, body, async () => ({ type: 'SetNote', note: body.note }));
  }
}

@CommandHandler(commands.SetMetadata)
export class SetMetadataHandler implements ICommandHandler<commands.SetMetadata> {
  constructor(private readonly subscriptions: SubscriptionSender) {}

  execute({ id, body, caller }: commands.SetMetadata) {
    return this.subscriptions.send(id, caller, body, async () => ({ type: 'SetMetadata', metadata: body.metadata }));
  }
}

export const subscriptionCommandHandlers = [SubscriptionSender, SetInSyncHandler, SetNoteHandler, SetMetadataHandler];
