import { Command } from '@nestjs/cqrs';
import type { Caller } from '../http/caller.js';
import type { Accepted } from '../http/command-sender.js';

export class StartProcess extends Command<Accepted> {
  constructor(
    readonly workflow: string,
    readonly pages: readonly unknown[],
    readonly caller: Caller,
  ) {
    super();
  }
}

export class ResumeProcess extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class AbortProcess extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}
