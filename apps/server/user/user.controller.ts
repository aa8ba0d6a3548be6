import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Type } from 'typebox';
import { Refusal } from '#kernel';
import { Parts } from '../composition/parts.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { Needs } from '../http/needs.js';

/** Characters of what a client tells that are kept in the log. */
const LONGEST = 8_000;
const SAID = { schema: { type: 'object' } } as const;
const NOTHING = Type.Object({}, { additionalProperties: false });

/** What a client's user interface has to tell us goes into this server's log, and nowhere else. */
@ApiTags('user')
@Controller('user')
@Needs('operate')
export class UserController {
  constructor(private readonly parts: Parts) {}

  @Post('error')
  @HttpCode(200)
  @ApiBody(SAID)
  @ApiAnswer(NOTHING, 'It is in the log at level error')
  @ApiProblems(400, 413)
  error(@Body() body: unknown, @FromCaller() { actor }: Caller) {
    this.parts.logger.error({ actor, said: readable(body) }, 'a client reports an error');
    return {};
  }

  @Post('log/:user')
  @HttpCode(200)
  @ApiBody(SAID)
  @ApiAnswer(NOTHING, 'It is in the log at level info')
  @ApiProblems(400, 413)
  log(@Param('user') user: string, @Body() body: unknown, @FromCaller() { actor }: Caller) {
    this.parts.logger.info({ actor, user: user.slice(0, 255), said: readable(body) }, 'a client reports');
    return {};
  }
}

function readable(body: unknown): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal('validation_failed', 400, 'the body is not an object', {}, [
      { pointer: '', message: 'must be an object' },
    ]);
  return JSON.stringify(body).slice(0, LONGEST);
}
