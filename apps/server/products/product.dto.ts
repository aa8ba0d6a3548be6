import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { PRODUCT_LIFECYCLE, type ProductLifecycle } from '#catalogue';

export class DescribeDto {
  @ApiPropertyOptional({ maxLength: 2000, description: 'Goes before that of the code' })
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  description?: string;
}

export class PatchProductDto extends DescribeDto {
  @ApiPropertyOptional({ enum: PRODUCT_LIFECYCLE })
  @IsOptional()
  @IsIn(PRODUCT_LIFECYCLE)
  status?: ProductLifecycle;
}
