import { Command } from '@nestjs/cqrs';
import type { AbortProcess, CompensateProcess, HideProcess, SetNote, SetValue, SkipStep } from '#workflow';
import type { Caller } from '../http/caller.js';
import type { Accepted } from '../http/command-sender.js';

export class StartProcess extends Command<Accepted> {
  constructor(
    readonly workflow: string,
    readonly pages: readonly unknown[],
    readonly caller: Caller,
    /** Shown as the one who began it, in place of the caller. */
    readonly reporter?: string,
  ) {
    super();
  }
}

export class ResumeProcess extends Command<Accepted> {
  constructor(
    readonly id: string,
    /** Pages of the form that waits, or nothing. */
    readonly body: unknown,
    readonly caller: Caller,
  ) {
    super();
  }
}

type Asked<C> = C extends unknown ? Omit<C, 'time' | 'by'> : never;
/** What an operator may do to a process beside resuming it. */
export type Operation = Asked<AbortProcess | SkipStep | SetValue | CompensateProcess | HideProcess | SetNote>;

export class OperateProcess extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly operation: Operation,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Answers how many are resumed. */
export class ResumeAll extends Command<number> {
  constructor(readonly caller: Caller) {
    super();
  }
}
