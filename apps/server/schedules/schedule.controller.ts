import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { Needs } from '../http/needs.js';
import { contentRange, rangeOf } from '../http/slice.js';
import { ScheduleListSchema, ScheduleSaidSchema } from './schedule.answers.js';
import { ChangeScheduleDto, CreateScheduleDto, DeleteScheduleDto } from './schedule.dto.js';
import {
  ChangeSchedule,
  CreateSchedule,
  DeleteSchedules,
  ListSchedules,
  type ListedSchedule,
} from './schedule.handlers.js';
import { ListSchedulesDto } from './schedule.query.dto.js';

interface Reply {
  header(name: string, value: string): unknown;
}
interface Said {
  readonly message: string;
  readonly status: string;
  readonly schedule_id?: string;
}
const KEY = { name: 'Idempotency-Key', required: false, description: 'A repeat with the same key answers the same' };

/** The wire contract of the Workflow Orchestrator, texts included, although nothing is queued here. The list is Purveyor's own. */
@ApiTags('schedules')
@Controller('schedules')
@Needs('read', 'operate')
export class ScheduleController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiAnswer(ScheduleListSchema, 'Oldest first; Content-Range tells the number of all')
  @ApiProblems(400, 503)
  async list(
    @Query() query: ListSchedulesDto,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<readonly ListedSchedule[]> {
    const range = rangeOf(query.range);
    const slice = await this.queries.execute(new ListSchedules(range));
    reply.header('Content-Range', contentRange('schedules', range, slice));
    return slice.items;
  }

  @Post()
  @HttpCode(201)
  @ApiHeader(KEY)
  @ApiAnswer(ScheduleSaidSchema, 'The schedule is recorded', 201)
  @ApiProblems(400, 404, 409, 422, 503, 507)
  async create(
    @Body() body: CreateScheduleDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Said> {
    const { id, position } = await this.commands.execute(new CreateSchedule(body, caller));
    return said(reply, position, 'Added to Create Queue', 'CREATED', id);
  }

  @Put()
  @ApiHeader(KEY)
  @ApiAnswer(ScheduleSaidSchema, 'The change is recorded')
  @ApiProblems(400, 404, 409, 422, 503, 507)
  async change(
    @Body() body: ChangeScheduleDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Said> {
    const { id, position } = await this.commands.execute(new ChangeSchedule(body, caller));
    return said(reply, position, 'Added to Update Queue', 'UPDATED', id);
  }

  @Delete()
  @ApiHeader(KEY)
  @ApiAnswer(ScheduleSaidSchema, 'It runs no more; a run that is under way goes on')
  @ApiProblems(400, 404, 409, 422, 503, 507)
  async remove(
    @Body() body: DeleteScheduleDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Said> {
    const position = await this.commands.execute(new DeleteSchedules(body, caller));
    return said(reply, position, 'Added to Delete Queue', 'DELETED', body.schedule_id);
  }
}

function said(reply: Reply, position: number, message: string, status: string, id: string | undefined): Said {
  reply.header('Purveyor-Position', String(position));
  return { message, status, ...(id !== undefined && { schedule_id: id }) };
}
