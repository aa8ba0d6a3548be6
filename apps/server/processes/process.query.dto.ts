import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { SliceDto, TextParameter } from '../http/query.dto.js';

export class ListProcessesDto extends SliceDto {
  @TextParameter({
    example: 'last_status,failed|waiting',
    description: 'Field and value, any number of pairs; several values of one field are separated by |',
  })
  filter?: string;
}

const LONGEST_REPORTER = 100;

export class StartProcessDto {
  @ApiPropertyOptional({ maxLength: LONGEST_REPORTER, description: 'Shown as who began it, in place of the caller' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_REPORTER)
  reporter?: string;
}
