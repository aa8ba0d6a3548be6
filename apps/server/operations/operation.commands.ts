import { Command } from '@nestjs/cqrs';
import type { Accepted } from '../http/command-sender.js';
import type { Caller } from '../http/caller.js';
import type { AcceptLateDto, CreateOperationDto, FailOperationDto, RetryOperationDto } from './operation.dto.js';

export class CreateOperation extends Command<Accepted> {
  constructor(
    readonly body: CreateOperationDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class RetryOperation extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly body: RetryOperationDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class FailOperation extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly body: FailOperationDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class DeprovisionOperation extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class AcceptLateAnswer extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly body: AcceptLateDto,
    readonly caller: Caller,
  ) {
    super();
  }
}
