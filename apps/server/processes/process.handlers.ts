import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isRefusal, Refusal } from '#kernel';
import type { ProcessCommand } from '#workflow';
import { processStream } from '#workflow';
import { requireRunning } from '../composition/engine-lock.js';
import { Parts } from '../composition/parts.js';
import { CommandSender } from '../http/command-sender.js';
import * as commands from './process.commands.js';
import { StartForm } from './start-form.js';

const as = (command: ProcessCommand): ProcessCommand => command;

/** In the words of the Workflow Orchestrator, whose clients show them. */
const unfit =
  (doing: string) =>
  (error: unknown): never => {
    if (!isRefusal(error) || error.code !== 'invalid_process_status') throw error;
    const detail = `${doing} a ${String(error.extra['state'])} workflow is not possible`;
    throw new Refusal('invalid_process_status', 409, detail, error.extra);
  };

@CommandHandler(commands.StartProcess)
export class StartProcessHandler implements ICommandHandler<commands.StartProcess> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
    private readonly form: StartForm,
  ) {}

  /** The form is looked at only when this is no repeat: a repeat answers as before, also after the form has changed. */
  execute({ workflow, pages, caller }: commands.StartProcess) {
    const id = this.sender.commandId(caller);
    const make = async () => {
      requireRunning(this.parts);
      return this.form.command(workflow, pages, caller.actor);
    };
    return this.sender.send(processStream(id), caller, id, pages, make);
  }
}

@CommandHandler(commands.ResumeProcess)
export class ResumeProcessHandler implements ICommandHandler<commands.ResumeProcess> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  execute({ id, caller }: commands.ResumeProcess) {
    const make = async () => {
      requireRunning(this.parts);
      return as({ type: 'ResumeProcess', time: this.parts.clock.now() });
    };
    return this.sender
      .send(processStream(id), caller, this.sender.commandId(caller), null, make)
      .catch(unfit('Resuming'));
  }
}

@CommandHandler(commands.AbortProcess)
export class AbortProcessHandler implements ICommandHandler<commands.AbortProcess> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  execute({ id, caller }: commands.AbortProcess) {
    const make = async () => as({ type: 'AbortProcess', time: this.parts.clock.now() });
    return this.sender
      .send(processStream(id), caller, this.sender.commandId(caller), null, make)
      .catch(unfit('Aborting'));
  }
}

export const processCommandHandlers = [StartProcessHandler, ResumeProcessHandler, AbortProcessHandler];
