import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { QueryDto } from '../http/query.dto.js';

const LONGEST = 2_000;
const TYPES = /^[A-Za-z]\w*(,[A-Za-z]\w*)*$/;
const STREAMS = /^[a-z]+(-[\w.:$-]+)?(,[a-z]+(-[\w.:$-]+)?)*$/;

export class FollowEventsDto extends QueryDto {
  @ApiPropertyOptional({ description: 'Event types, with commas between them', example: 'StageFailed,StepFailed' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST)
  @Matches(TYPES, { message: 'must be event types with commas between them' })
  types?: string;

  @ApiPropertyOptional({ description: 'Categories or streams, with commas between them', example: 'portfolio,process' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST)
  @Matches(STREAMS, { message: 'must be categories or stream names with commas between them' })
  streams?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description:
      'Log position to go on behind, where there is no Last-Event-ID; 0 for everything. The present if absent',
  })
  @IsOptional()
  @Matches(/^\d{1,15}$/, { message: 'must be a whole number from 0' })
  after?: string;
}
