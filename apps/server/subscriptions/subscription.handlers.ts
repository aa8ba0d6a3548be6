import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { processesOf } from '#read-models';
import { subscriptionStream, type SubscriptionCommand, type SubscriptionState } from '#subscription';
import { lookUntil } from '../composition/look-until.js';
import { DECISION_MS, viewsCaughtUp } from '../composition/own-writes.js';
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

const isHeld = (state: SubscriptionState): boolean =>
  state.status !== 'none' && !state.insync && state.holder !== undefined && !state.holder.isTask;

@CommandHandler(commands.SetInSync)
export class SetInSyncHandler implements ICommandHandler<commands.SetInSync> {
  constructor(
    private readonly parts: Parts,
    private readonly subscriptions: SubscriptionSender,
  ) {}

  /**
   * The views add processes of before claims; who holds the subscription now is decided in its stream. One that has ended, as the views
   * tell, lets go after its end: that is waited for.
   */
  execute({ id, caller }: commands.SetInSync) {
    return this.subscriptions.send(id, caller, null, async () => {
      const { readModels, runtime, clock } = this.parts;
      await viewsCaughtUp(this.parts, DECISION_MS);
      const processes = await processesOf(readModels, id);
      const open = processes.filter((each) => !each.is_task && !ENDED.includes(each.last_status));
      const look = () => runtime.load<SubscriptionState>(subscriptionStream(id));
      if (open.length === 0) await lookUntil(clock, DECISION_MS, look, ({ state }) => !isHeld(state));
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
