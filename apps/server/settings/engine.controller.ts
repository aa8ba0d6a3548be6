import { Body, Controller, Get, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { Needs } from '../http/needs.js';
import { QueryDto } from '../http/query.dto.js';
import { LockEngine } from './engine.command.js';
import { EngineLockDto } from './engine.dto.js';
import { GetEngineStatus } from './engine.status.js';
import { EngineStatusSchema } from './settings.answers.js';

/** The engine's lock, in the wire contract of the Workflow Orchestrator. */
@ApiTags('settings')
@Controller('settings/status')
@Needs('read', 'operate')
export class EngineController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiAnswer(EngineStatusSchema, 'PAUSED when it is locked and no attempt is under way any more')
  @ApiProblems(400, 503)
  status(@Query() _: QueryDto) {
    return this.queries.execute(new GetEngineStatus());
  }

  @Put()
  @ApiAnswer(EngineStatusSchema, 'Recorded in settings-engine; other processes follow within about a second')
  @ApiProblems(400, 409, 422, 503, 507)
  async lock(
    @Body() { global_lock }: EngineLockDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
  ) {
    const { position } = await this.commands.execute(new LockEngine(global_lock, caller));
    reply.header('Purveyor-Position', String(position));
    return this.queries.execute(new GetEngineStatus());
  }
}
