import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageSizeParameter, QueryDto, RevisionParameter, TextParameter } from '../http/query.dto.js';

export class StreamEventsDto extends QueryDto {
  @RevisionParameter('Revision to begin at; `next` of the page before')
  from?: number;

  @ApiPropertyOptional({ enum: ['forwards', 'backwards'], default: 'forwards' })
  @IsOptional()
  @IsIn(['forwards', 'backwards'])
  direction?: 'forwards' | 'backwards';

  @PageSizeParameter(100)
  limit?: number;
}

export class StreamStateDto extends QueryDto {
  @RevisionParameter('The state after this revision; the newest if absent')
  revision?: number;
}

export class VerifyDto extends QueryDto {
  @TextParameter({ description: 'Only this stream' })
  stream?: string;

  @TextParameter({ description: 'Only the streams of this category', example: 'portfolio' })
  category?: string;
}
