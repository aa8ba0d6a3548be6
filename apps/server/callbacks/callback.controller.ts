import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems, POSITION_HEADER } from '../http/api-doc.js';
import { Open } from '../http/needs.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { ReceiveCallback } from './receive-callback.command.js';

@ApiTags('callbacks')
@Controller('callbacks')
@Open()
export class CallbackController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':token')
  @HttpCode(202)
  @ApiResponse({ status: 202, headers: POSITION_HEADER, description: 'Accepted; an exact duplicate changes nothing' })
  @ApiProblems(400, 401, 404, 409, 410, 413, 503, 507)
  async receive(
    @Param('token') token: string,
    @Req() request: { rawBody?: Buffer; headers: Record<string, string | undefined>; ip?: string },
    @FromCaller('callback') caller: Caller,
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
  ): Promise<void> {
    const { rawBody = Buffer.alloc(0), headers, ip = 'unknown' } = request;
    const position = await this.commands.execute(new ReceiveCallback(token, rawBody, headers, caller, ip));
    reply.header('Purveyor-Position', String(position));
  }
}
