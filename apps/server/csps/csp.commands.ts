import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import { Parts } from '../composition/parts.js';
import { readPause } from '../composition/csp-gates.js';
import type { Caller } from '../http/caller.js';
import { CommandSender, type Accepted } from '../http/command-sender.js';

export class OperateCsp extends Command<Accepted> {
  constructor(
    readonly csp: string,
    readonly command: { readonly type: 'PauseCsp'; readonly reason: string } | { readonly type: 'ContinueCsp' },
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(OperateCsp)
export class OperateCspHandler implements ICommandHandler<OperateCsp> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  async execute({ csp, command, caller }: OperateCsp) {
    const { gates, clock } = this.parts;
    if (!gates.has(csp)) throw new Refusal('unknown_csp', 404, 'there is no such CSP', { csps: [...gates.keys()] });
    const make = async () => ({ ...command, time: clock.now() });
    const accepted = await this.sender.send(`csp-${csp}`, caller, this.sender.commandId(caller), command, make);
    await readPause(this.parts, csp);
    return accepted;
  }
}
