import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PRODUCT_LIFECYCLE, type ProductLifecycle } from '#catalogue';

export class DescribeDto {
  @ApiPropertyOptional({ maxLength: 2000, description: 'Goes before that of the code' })
  @Optional()
  @IsString()
  @MaxLength(2_000)
  description?: string;
}

export class PatchProductDto extends DescribeDto {
  @ApiPropertyOptional({ enum: PRODUCT_LIFECYCLE })
  @Optional()
  @IsIn(PRODUCT_LIFECYCLE)
  status?: ProductLifecycle;

  @ApiPropertyOptional({ description: 'Whether its reconcile may start out of sync; goes before what the code says' })
  @Optional()
  @IsBoolean()
  reconcile_out_of_sync?: boolean;
}
