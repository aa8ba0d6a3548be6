import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isRefusal, Refusal } from '#kernel';
import { processStream, type ProcessCommand } from '#workflow';
import { requireRunning } from '../composition/engine-lock.js';
import { Parts } from '../composition/parts.js';
import { CommandSender } from '../http/command-sender.js';
import { ClaimAnswer } from './claim-answer.js';
import * as commands from './process.commands.js';
import { ResumeForm } from './resume-form.js';
import { StartForm } from './start-form.js';

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
    private readonly claim: ClaimAnswer,
  ) {}

  /** The form is looked at only when this is no repeat: a repeat answers as before, also after the form has changed. */
  async execute({ workflow, pages, caller, reporter }: commands.StartProcess) {
    const id = this.sender.commandId(caller);
    // Of a repeat it is not known whether it claimed.
    let claims = true;
    const make = async () => {
      requireRunning(this.parts);
      const command = await this.form.command(workflow, pages, caller, reporter ?? caller.actor, true);
      claims = command.claims !== undefined;
      return command;
    };
    const accepted = await this.sender.send(processStream(id), caller, id, pages, make);
    return claims ? this.claim.awaited(accepted) : accepted;
  }
}

@CommandHandler(commands.ResumeProcess)
export class ResumeProcessHandler implements ICommandHandler<commands.ResumeProcess> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
    private readonly form: ResumeForm,
  ) {}

  execute({ id, body, caller }: commands.ResumeProcess) {
    const make = async () => {
      requireRunning(this.parts);
      return this.form.command(id, body, caller);
    };
    return this.sender
      .send(processStream(id), caller, this.sender.commandId(caller), body ?? null, make)
      .catch(unfit('Resuming'));
  }
}

const DOING: Readonly<Record<commands.Operation['type'], string>> = {
  AbortProcess: 'Aborting',
  SkipStep: 'Skipping a step of',
  SetValue: 'Setting a value of',
  CompensateProcess: 'Compensating',
  HideProcess: 'Deleting',
  SetNote: 'Noting',
};

@CommandHandler(commands.OperateProcess)
export class OperateProcessHandler implements ICommandHandler<commands.OperateProcess> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  execute({ id, operation, caller }: commands.OperateProcess) {
    const make = async (): Promise<ProcessCommand> => ({
      ...operation,
      by: caller.actor,
      time: this.parts.clock.now(),
    });
    return this.sender
      .send(processStream(id), caller, this.sender.commandId(caller), operation, make)
      .catch(unfit(DOING[operation.type]));
  }
}
