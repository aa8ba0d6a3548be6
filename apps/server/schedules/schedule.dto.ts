import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsObject, IsString, IsUUID, MaxLength, MinLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import type { Missed } from '#schedule';

/** Longer than any name of a schedule, workflow or trigger that makes sense. */
const LONGEST = 255;
const MOST_PAGES = 100;
const KWARGS = {
  type: 'object',
  additionalProperties: true,
  description: 'date: run_date; interval: weeks, days, hours, minutes, seconds; cron: year to second, or expression',
} as const;
const MISSED = {
  enum: ['run_once', 'skip'],
  description: 'What becomes of runs that fell due while nothing could run',
};

export class CreateScheduleDto {
  @ApiPropertyOptional({ enum: ['create'] })
  @Optional()
  @IsIn(['create'])
  scheduled_type?: string;

  @ApiPropertyOptional({ description: 'That of the task if absent', minLength: 1, maxLength: LONGEST })
  @Optional()
  @IsString()
  @MinLength(1)
  @MaxLength(LONGEST)
  name?: string;

  @ApiProperty({ maxLength: LONGEST })
  @IsString()
  @MaxLength(LONGEST)
  workflow_name!: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID('all')
  workflow_id!: string;

  @ApiProperty({ description: 'date, interval or cron', maxLength: LONGEST })
  @IsString()
  @MaxLength(LONGEST)
  trigger!: string;

  @ApiPropertyOptional(KWARGS)
  @Optional()
  @IsObject()
  trigger_kwargs?: Record<string, unknown>;

  @ApiPropertyOptional({ type: 'array', items: { type: 'object' }, description: 'Answers of the form of the task' })
  @Optional()
  @IsArray()
  @ArrayMaxSize(MOST_PAGES)
  user_inputs?: unknown[];

  @ApiPropertyOptional(MISSED)
  @Optional()
  @IsIn(MISSED.enum)
  missed?: Missed;
}

export class ChangeScheduleDto {
  @ApiPropertyOptional({ enum: ['update'] })
  @Optional()
  @IsIn(['update'])
  scheduled_type?: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID('all')
  schedule_id!: string;

  @ApiPropertyOptional({ minLength: 1, maxLength: LONGEST })
  @Optional()
  @IsString()
  @MinLength(1)
  @MaxLength(LONGEST)
  name?: string;

  @ApiPropertyOptional({ description: 'date, interval or cron; with trigger_kwargs', maxLength: LONGEST })
  @Optional()
  @IsString()
  @MaxLength(LONGEST)
  trigger?: string;

  @ApiPropertyOptional(KWARGS)
  @Optional()
  @IsObject()
  trigger_kwargs?: Record<string, unknown>;

  @ApiPropertyOptional(MISSED)
  @Optional()
  @IsIn(MISSED.enum)
  missed?: Missed;
}

export class DeleteScheduleDto {
  @ApiPropertyOptional({ enum: ['delete'] })
  @Optional()
  @IsIn(['delete'])
  scheduled_type?: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID('all')
  workflow_id!: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'All schedules of the task if absent' })
  @Optional()
  @IsUUID('all')
  schedule_id?: string;
}
