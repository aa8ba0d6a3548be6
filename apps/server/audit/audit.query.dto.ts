import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';

class AuditDto {
  @ApiPropertyOptional({ type: 'integer', description: 'Waits until the views hold this log position' })
  @IsOptional()
  @IsString()
  min_position?: string;
}

export class StreamEventsDto extends AuditDto {
  @ApiPropertyOptional({ minimum: 0, description: 'Revision to begin at; `next` of the page before' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  from?: number;

  @ApiPropertyOptional({ enum: ['forwards', 'backwards'], default: 'forwards' })
  @IsOptional()
  @IsIn(['forwards', 'backwards'])
  direction?: 'forwards' | 'backwards';

  @ApiPropertyOptional({ minimum: 1, maximum: 500, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;
}

export class StreamStateDto extends AuditDto {
  @ApiPropertyOptional({ minimum: 0, description: 'The state after this revision; the newest if absent' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  revision?: number;
}

export class VerifyDto extends AuditDto {
  @ApiPropertyOptional({ description: 'Only this stream' })
  @IsOptional()
  @IsString()
  stream?: string;

  @ApiPropertyOptional({ description: 'Only the streams of this category', example: 'portfolio' })
  @IsOptional()
  @IsString()
  category?: string;
}
