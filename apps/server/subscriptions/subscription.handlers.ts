import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { processesOf, type ProcessItem } from '#read-models';
import { subscriptionStream, type SubscriptionCommand, type SubscriptionState } from '#subscription';
import { lookUntil } from '../composition/look-until.js';
import { DECISION_MS, unlessLate, viewsCaughtUp } from '../composition/own-writes.js';
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
const hasEnded = ({ last_status }: ProcessItem): boolean => ENDED.includes(last_status);

@CommandHandler(commands.SetInSync)
export class SetInSyncHandler implements ICommandHandler<commands.SetInSync> {
  constructor(
    private readonly parts: Parts,
    private readonly subscriptions: SubscriptionSender,
  ) {}

  /**
   * The views add processes of before claims, as far as they follow in time; who holds the subscription now is decided in its stream. A
   * holder that has ended, as the views tell, lets go after its end: that is waited for, up to 2 s.
   */
  execute({ id, caller }: commands.SetInSync) {
    return this.subscriptions.send(id, caller, null, async () => {
      const { clock } = this.parts;
      const { unfinished } = await lookUntil(
        clock,
        DECISION_MS,
        (leftMs) => this.look(id, leftMs),
        ({ held }) => !held,
      );
      return { type: 'SetInSync', unfinished };
    });
  }

  private async look(id: string, leftMs: number) {
    const { readModels, runtime } = this.parts;
    const { state } = await runtime.load<SubscriptionState>(subscriptionStream(id));
    // That is answered whatever the views say.
    if (state.status === 'none' || state.insync) return { unfinished: [], held: false };
    await viewsCaughtUp(this.parts, leftMs).catch(unlessLate);
    const processes = await processesOf(readModels, id);
    const unfinished = processes.filter((each) => !each.is_task && !hasEnded(each)).map(({ process_id }) => process_id);
    const holder = processes.find(({ process_id }) => process_id === state.holder?.processId);
    const lettingGo = holder !== undefined && !holder.is_task && hasEnded(holder);
    return { unfinished, held: lettingGo && unfinished.length === 0 };
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
