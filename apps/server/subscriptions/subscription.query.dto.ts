import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';

export class ListSubscriptionsDto {
  @ApiPropertyOptional({ description: 'Id or name of a product' })
  @IsOptional()
  @IsString()
  product?: string;

  @ApiPropertyOptional({ example: 'active' })
  @IsOptional()
  @IsString()
  status?: string;

  @ApiPropertyOptional({ enum: ['true', 'false'] })
  @IsOptional()
  @IsIn(['true', 'false'])
  insync?: 'true' | 'false';

  @ApiPropertyOptional({ description: 'Id of a customer' })
  @IsOptional()
  @IsString()
  customer?: string;

  @ApiPropertyOptional({
    example: '0,10',
    description: 'From and to (exclusive), at most 500 rows; the first 50 if absent',
  })
  @IsOptional()
  @IsString()
  range?: string;

  @ApiPropertyOptional({ example: 'start_date,desc', description: 'Field and direction, any number of pairs' })
  @IsOptional()
  @IsString()
  sort?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Waits until the views hold this log position' })
  @IsOptional()
  @IsString()
  min_position?: string;
}
