import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { ApiCommand } from '../http/api-doc.js';
import { FromCaller, type Caller } from '../http/caller.js';
import { Needs } from '../http/needs.js';
import { ForgetPerson } from './forget.command.js';

class ForgetDto {
  @ApiProperty({ minLength: 1, maxLength: 500, description: 'Why; it is recorded, so it names no one' })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}

@ApiTags('audit')
@Controller('subjects')
@Needs('admin')
export class PrivacyController {
  constructor(private readonly commands: CommandBus) {}

  /** The subject is the name of the stream whose personal data they are, such as portfolio-ID. */
  @Post(':subject/forget')
  @HttpCode(202)
  @ApiCommand(404)
  forget(@Param('subject') subject: string, @Body() { reason }: ForgetDto, @FromCaller() caller: Caller) {
    return this.commands.execute(new ForgetPerson(subject, reason, caller));
  }
}
