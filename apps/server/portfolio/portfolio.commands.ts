import { Command } from '@nestjs/cqrs';
import type { Accepted } from '../http/command-sender.js';
import type { Caller } from '../http/caller.js';
import type {
  AbandonDto,
  AmendFactsDto,
  CreatePortfolioDto,
  MigratePlanDto,
  ResumeStageDto,
  SkipStageDto,
} from './portfolio.dto.js';

export class CreatePortfolio extends Command<Accepted> {
  constructor(
    readonly body: CreatePortfolioDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class AmendFacts extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly body: AmendFactsDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class MigratePlan extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly body: MigratePlanDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class ResumeStage extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly stage: string,
    readonly body: ResumeStageDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class SkipStage extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly stage: string,
    readonly body: SkipStageDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class AbandonPortfolio extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly body: AbandonDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** What operators do with a portfolio as a whole or with its course; `time` is added when it is decided. */
export class OperatePortfolio extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly command: Operation,
    readonly caller: Caller,
  ) {
    super();
  }
}

export type Operation =
  | { readonly type: 'RetryFrom'; readonly stage: string; readonly reason: string }
  | { readonly type: 'PausePortfolio' | 'DeprovisionPortfolio'; readonly reason: string }
  | { readonly type: 'ContinuePortfolio' };

export class TriggerNextTransition extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}
