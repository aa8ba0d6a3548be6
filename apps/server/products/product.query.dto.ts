import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

export class ListProductsDto {
  @ApiPropertyOptional({ example: 'GROUP' })
  @IsOptional()
  @IsString()
  tag?: string;

  @ApiPropertyOptional({ example: 'UserGroup' })
  @IsOptional()
  @IsString()
  product_type?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Waits until the views hold this log position' })
  @IsOptional()
  @IsString()
  min_position?: string;
}
