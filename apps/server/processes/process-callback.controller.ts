import { Body, Controller, Header, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { Type } from 'typebox';
import { Refusal, type Outcome } from '#kernel';
import { uuidV5 } from '#platform';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { Open } from '../http/needs.js';
import { ReceiveProcessCallback } from './process-callback.js';

interface Reply {
  header(name: string, value: string): unknown;
}

/** What a callback step waits for, and how far the other side is, in the wire contract of the Workflow Orchestrator. */
@ApiTags('processes')
@Controller('processes/:id/callback/:token')
@Open()
export class ProcessCallbackController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Header('Content-Type', 'application/json')
  @ApiBody({ schema: { type: 'object' }, description: 'The answer, as the workflow expects it' })
  @ApiAnswer(Type.Null(), 'Accepted; an exact duplicate changes nothing')
  @ApiProblems(400, 404, 409, 413, 503, 507)
  receive(
    @Param('id') id: string,
    @Param('token') token: string,
    @Body() body: unknown,
    @FromCaller('callback') caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new Refusal('callback_malformed', 400, 'the body is not an object', {}, [
        { pointer: '', message: 'must be an object' },
      ]);
    return this.send(id, token, { kind: 'done', result: body }, caller, reply);
  }

  @Post('progress')
  @HttpCode(200)
  @Header('Content-Type', 'application/json')
  @ApiConsumes('application/json', 'text/plain')
  @ApiBody({ schema: { anyOf: [{ type: 'object' }, { type: 'string' }] }, description: 'Shown to people' })
  @ApiAnswer(Type.Null(), 'Replaces what was told before')
  @ApiProblems(400, 404, 409, 413, 503, 507)
  progress(
    @Param('id') id: string,
    @Param('token') token: string,
    @Body() body: unknown,
    @FromCaller('callback') caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    if (body === undefined || body === null || Array.isArray(body))
      throw new Refusal('callback_malformed', 400, 'the body is neither text nor an object', {}, [
        { pointer: '', message: 'must be a text or an object' },
      ]);
    return this.send(id, token, { kind: 'pending', progress: body }, caller, reply);
  }

  private async send(id: string, token: string, outcome: Outcome, caller: Caller, reply: Reply): Promise<string> {
    const callbackId = uuidV5(JSON.stringify([id, token, outcome]));
    const position = await this.commands.execute(new ReceiveProcessCallback(id, token, outcome, caller, callbackId));
    reply.header('Purveyor-Position', String(position));
    return 'null';
  }
}
