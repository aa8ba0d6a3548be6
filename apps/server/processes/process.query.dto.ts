import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

const LONGEST_REPORTER = 100;

export class StartProcessDto {
  @ApiPropertyOptional({ maxLength: LONGEST_REPORTER, description: 'Shown as who began it, in place of the caller' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_REPORTER)
  reporter?: string;
}
