import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

export class ListProcessesDto {
  @ApiPropertyOptional({
    example: '0,10',
    description: 'From and to (exclusive), at most 500 rows; the first 50 if absent',
  })
  @IsOptional()
  @IsString()
  range?: string;

  @ApiPropertyOptional({ example: 'started_at,desc', description: 'Field and direction, any number of pairs' })
  @IsOptional()
  @IsString()
  sort?: string;

  @ApiPropertyOptional({
    example: 'last_status,failed|waiting',
    description: 'Field and value, any number of pairs; several values of one field are separated by |',
  })
  @IsOptional()
  @IsString()
  filter?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Waits until the views hold this log position' })
  @IsOptional()
  @IsString()
  min_position?: string;
}
