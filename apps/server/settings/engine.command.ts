import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ENGINE_STREAM, type EngineCommand } from '#settings';
import { readEngine } from '../composition/engine-lock.js';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { CommandSender, type Accepted } from '../http/command-sender.js';

export class LockEngine extends Command<Accepted> {
  constructor(
    readonly locked: boolean,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(LockEngine)
export class LockEngineHandler implements ICommandHandler<LockEngine> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  async execute({ locked, caller }: LockEngine): Promise<Accepted> {
    const make = async (): Promise<EngineCommand> => ({
      type: locked ? 'PauseEngine' : 'ContinueEngine',
      time: this.parts.clock.now(),
    });
    const accepted = await this.sender.send(ENGINE_STREAM, caller, this.sender.commandId(caller), { locked }, make);
    await readEngine(this.parts);
    return accepted;
  }
}
