import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PortfolioCommand } from '#portfolio';
import { Parts } from '../composition/parts.js';
import { CommandSender } from '../http/command-sender.js';
import * as commands from './portfolio.commands.js';
import { PortfolioSecrets } from './secrets.js';

const streamOf = (id: string): string => `portfolio-${id}`;
const as = (command: PortfolioCommand): PortfolioCommand => command;

@CommandHandler(commands.CreatePortfolio)
export class CreatePortfolioHandler implements ICommandHandler<commands.CreatePortfolio> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
    private readonly secrets: PortfolioSecrets,
  ) {}

  execute({ body, caller }: commands.CreatePortfolio) {
    const id = this.sender.commandId(caller);
    return this.sender.send(streamOf(id), caller, id, body, async () => {
      const { name, csp, plan_version: planVersion, advance = 'automatic' } = body;
      const facts = await this.secrets.facts(streamOf(id), csp, planVersion, body.facts);
      return as({ type: 'CreatePortfolio', name, csp, planVersion, advance, facts, time: this.parts.clock.now() });
    });
  }
}

@CommandHandler(commands.AmendFacts)
export class AmendFactsHandler implements ICommandHandler<commands.AmendFacts> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
    private readonly secrets: PortfolioSecrets,
  ) {}

  execute({ id, body, caller }: commands.AmendFacts) {
    const stream = streamOf(id);
    return this.sender.send(stream, caller, this.sender.commandId(caller), body, async () => {
      const facts = await this.secrets.amended(stream, body.facts);
      return as({ type: 'AmendFacts', facts, time: this.parts.clock.now() });
    });
  }
}

@CommandHandler(commands.MigratePlan)
export class MigratePlanHandler implements ICommandHandler<commands.MigratePlan> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
    private readonly secrets: PortfolioSecrets,
  ) {}

  execute({ id, body, caller }: commands.MigratePlan) {
    const stream = streamOf(id);
    return this.sender.send(stream, caller, this.sender.commandId(caller), body, async () => {
      const { plan_version: version, reason } = body;
      const facts = await this.secrets.migrated(stream, version, body.facts ?? {});
      return as({ type: 'MigratePlan', version, reason, facts, time: this.parts.clock.now() });
    });
  }
}

@CommandHandler(commands.ResumeStage)
export class ResumeStageHandler implements ICommandHandler<commands.ResumeStage> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
    private readonly secrets: PortfolioSecrets,
  ) {}

  execute({ id, stage, body, caller }: commands.ResumeStage) {
    const stream = streamOf(id);
    return this.sender.send(stream, caller, this.sender.commandId(caller), body, async () => {
      const input = body.input && (await this.secrets.input(stream, stage, body.input));
      return as({ type: 'ResumeStage', stage, ...(input && { input }), time: this.parts.clock.now() });
    });
  }
}

@CommandHandler(commands.SkipStage)
export class SkipStageHandler implements ICommandHandler<commands.SkipStage> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
    private readonly secrets: PortfolioSecrets,
  ) {}

  execute({ id, stage, body, caller }: commands.SkipStage) {
    const stream = streamOf(id);
    return this.sender.send(stream, caller, this.sender.commandId(caller), body, async () => {
      const result = body.result && (await this.secrets.result(stream, stage, body.result));
      const { reason } = body;
      return as({ type: 'SkipStage', stage, reason, ...(result && { result }), time: this.parts.clock.now() });
    });
  }
}

@CommandHandler(commands.AbandonPortfolio)
export class AbandonPortfolioHandler implements ICommandHandler<commands.AbandonPortfolio> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  execute({ id, body, caller }: commands.AbandonPortfolio) {
    const make = async () => as({ type: 'AbandonPortfolio', reason: body.reason, time: this.parts.clock.now() });
    return this.sender.send(streamOf(id), caller, this.sender.commandId(caller), body, make);
  }
}

@CommandHandler(commands.OperatePortfolio)
export class OperatePortfolioHandler implements ICommandHandler<commands.OperatePortfolio> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  execute({ id, command, caller }: commands.OperatePortfolio) {
    const make = async () => as({ ...command, time: this.parts.clock.now() });
    return this.sender.send(streamOf(id), caller, this.sender.commandId(caller), command, make);
  }
}

@CommandHandler(commands.TriggerNextTransition)
export class TriggerNextTransitionHandler implements ICommandHandler<commands.TriggerNextTransition> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  execute({ id, caller }: commands.TriggerNextTransition) {
    const make = async () => as({ type: 'TriggerNextTransition', time: this.parts.clock.now() });
    return this.sender.send(streamOf(id), caller, this.sender.commandId(caller), null, make);
  }
}

export const portfolioCommandHandlers = [
  CreatePortfolioHandler,
  AmendFactsHandler,
  MigratePlanHandler,
  ResumeStageHandler,
  SkipStageHandler,
  AbandonPortfolioHandler,
  OperatePortfolioHandler,
  TriggerNextTransitionHandler,
];
