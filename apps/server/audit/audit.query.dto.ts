import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import {
  InstantParameter,
  ListDto,
  PageSizeParameter,
  QueryDto,
  RevisionParameter,
  TextParameter,
  WholeParameter,
} from '../http/query.dto.js';

export class ListStreamsDto extends ListDto {
  @TextParameter({ description: 'Only the streams of this category', example: 'portfolio' })
  category?: string;
}

export class StreamEventsDto extends QueryDto {
  @RevisionParameter('Revision to begin at; `next` of the page before')
  from?: number;

  @ApiPropertyOptional({ enum: ['forwards', 'backwards'], default: 'forwards' })
  @IsOptional()
  @IsIn(['forwards', 'backwards'])
  direction?: 'forwards' | 'backwards';

  @PageSizeParameter(100)
  limit?: number;

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Data and metadata as the texts that were hashed',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  raw?: 'true' | 'false';
}

export class StreamStateDto extends QueryDto {
  @RevisionParameter('The state after this revision; the newest if absent')
  revision?: number;

  @InstantParameter('The state at this instant, in place of a revision')
  at?: string;
}

export class DifferenceDto extends QueryDto {
  @RevisionParameter('The older state is that after this revision; after the first event if absent')
  from_revision?: number;

  @InstantParameter('The older state is that at this instant')
  from_at?: string;

  @RevisionParameter('The newer state is that after this revision; the newest if absent')
  to_revision?: number;

  @InstantParameter('The newer state is that at this instant')
  to_at?: string;
}

export class VerifyDto extends QueryDto {
  @TextParameter({ description: 'Only this stream' })
  stream?: string;

  @TextParameter({ description: 'Only the streams of this category', example: 'portfolio' })
  category?: string;

  @WholeParameter('Ends after about so many events; `next` goes on', 1)
  limit?: number;

  @TextParameter({ description: '`next` of the part before' })
  cursor?: string;

  @TextParameter({ description: 'A checkpoint that somebody kept, as text; for the whole log only' })
  checkpoint?: string;
}

export class CheckpointsDto extends QueryDto {
  @PageSizeParameter(100)
  limit?: number;
}

export class ExportDto extends QueryDto {
  @TextParameter({ description: 'All events of this stream' })
  stream?: string;

  @TextParameter({ description: 'All events of the flow with this correlation id' })
  correlation?: string;

  @InstantParameter('All events recorded from this instant on')
  from?: string;

  @InstantParameter('All events recorded up to this instant; with neither of both the whole log')
  to?: string;

  @ApiPropertyOptional({ enum: ['ndjson', 'csv'], default: 'ndjson' })
  @IsOptional()
  @IsIn(['ndjson', 'csv'])
  format?: 'ndjson' | 'csv';
}
