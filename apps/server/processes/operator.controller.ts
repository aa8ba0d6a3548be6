import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiCommand } from '../http/api-doc.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { Needs } from '../http/needs.js';
import { CompensateDto, SetValueDto, SkipStepDto } from './operator.dto.js';
import { OperateProcess, type Operation } from './process.commands.js';

/** What operators do to a process beyond the Workflow Orchestrator's contract. Refused where it does not fit, with the commands that do. */
@ApiTags('processes')
@Controller('processes')
@Needs('operate')
export class OperatorController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/skip')
  @HttpCode(202)
  @ApiCommand(404)
  skip(@Param('id') id: string, @Body() { step, reason, result }: SkipStepDto, @FromCaller() caller: Caller) {
    return this.send(id, { type: 'SkipStep', step, reason, ...(result && { result }) }, caller);
  }

  @Post(':id/values')
  @HttpCode(202)
  @ApiCommand(404)
  setValue(@Param('id') id: string, @Body() { path, value, reason }: SetValueDto, @FromCaller() caller: Caller) {
    return this.send(id, { type: 'SetValue', path, value, reason }, caller);
  }

  @Post(':id/compensate')
  @HttpCode(202)
  @ApiCommand(404)
  compensate(@Param('id') id: string, @Body() { step, reason }: CompensateDto, @FromCaller() caller: Caller) {
    return this.send(id, { type: 'CompensateProcess', reason, ...(step !== undefined && { step }) }, caller);
  }

  private send(id: string, operation: Operation, caller: Caller) {
    return this.commands.execute(new OperateProcess(id, operation, caller));
  }
}
