import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-doc.js';
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
  @ApiResponse({ status: 202, description: 'Accepted; an exact duplicate changes nothing' })
  @ApiProblems(400, 401, 404, 409, 410, 413, 503)
  async receive(
    @Param('token') token: string,
    @Req() request: { rawBody?: Buffer; headers: Record<string, string | undefined>; ip?: string },
    @FromCaller('callback') caller: Caller,
  ): Promise<void> {
    const { rawBody = Buffer.alloc(0), headers, ip = 'unknown' } = request;
    await this.commands.execute(new ReceiveCallback(token, rawBody, headers, caller, ip));
  }
}
