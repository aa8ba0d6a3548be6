import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { uuidV5 } from '#platform';
import { operationStream, type OperationCommand } from '#provisioning';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { CommandSender, type Accepted } from '../http/command-sender.js';
import * as commands from './operation.commands.js';

/** A command without the time, which is the moment it is decided. */
type Untimed<C> = C extends { readonly time: number } ? Omit<C, 'time'> : never;

/** Sends people's commands to operations. */
@Injectable()
export class OperationSender {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  send(id: string, caller: Caller, body: unknown, command: Untimed<OperationCommand>): Promise<Accepted> {
    const make = async () => ({ ...command, time: this.parts.clock.now() });
    return this.sender.send(operationStream(id), caller, this.sender.commandId(caller), body, make);
  }

  /** The same correlation id of the same tenant is the same operation. */
  idFor(caller: Caller, correlationId: string | undefined): string {
    return correlationId === undefined
      ? this.sender.commandId(caller)
      : uuidV5(JSON.stringify([caller.tenant, 'operation', correlationId]));
  }
}

@CommandHandler(commands.CreateOperation)
export class CreateOperationHandler implements ICommandHandler<commands.CreateOperation> {
  constructor(private readonly operations: OperationSender) {}

  execute({ body, caller }: commands.CreateOperation) {
    const { manifest, correlationId } = body;
    return this.operations.send(this.operations.idFor(caller, correlationId), caller, body, {
      type: 'CreateOperation',
      manifest,
    });
  }
}

@CommandHandler(commands.RetryOperation)
export class RetryOperationHandler implements ICommandHandler<commands.RetryOperation> {
  constructor(private readonly operations: OperationSender) {}

  execute({ id, body, caller }: commands.RetryOperation) {
    return this.operations.send(id, caller, body, { type: 'RetryOperation', need: body.need });
  }
}

@CommandHandler(commands.FailOperation)
export class FailOperationHandler implements ICommandHandler<commands.FailOperation> {
  constructor(private readonly operations: OperationSender) {}

  execute({ id, body, caller }: commands.FailOperation) {
    return this.operations.send(id, caller, body, { type: 'FailOperation', reason: body.reason });
  }
}

@CommandHandler(commands.DeprovisionOperation)
export class DeprovisionOperationHandler implements ICommandHandler<commands.DeprovisionOperation> {
  constructor(private readonly operations: OperationSender) {}

  execute({ id, caller }: commands.DeprovisionOperation) {
    return this.operations.send(id, caller, null, { type: 'DeprovisionOperation' });
  }
}

@CommandHandler(commands.AcceptLateAnswer)
export class AcceptLateAnswerHandler implements ICommandHandler<commands.AcceptLateAnswer> {
  constructor(private readonly operations: OperationSender) {}

  execute({ id, body, caller }: commands.AcceptLateAnswer) {
    const { answerId, reason } = body;
    return this.operations.send(id, caller, body, { type: 'AcceptLateAnswer', answerId, reason });
  }
}

export const operationCommandHandlers = [
  OperationSender,
  CreateOperationHandler,
  RetryOperationHandler,
  FailOperationHandler,
  DeprovisionOperationHandler,
  AcceptLateAnswerHandler,
];
