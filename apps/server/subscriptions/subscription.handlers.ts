import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { processesOf } from '#read-models';
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
    const [ended, open] = [[] as string[], [] as string[]];
    for (const { process_id, last_status, is_task } of processes)
      if (ENDED.includes(last_status)) ended.push(process_id);
      else if (!is_task) open.push(process_id);
    const { holder } = state;
    const lettingGo = holder !== undefined && !holder.isTask && ended.includes(holder.processId);
    return { unfinished: open, held: lettingGo && open.length === 0 };
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
