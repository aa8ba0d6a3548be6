import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { ListDto, TextParameter } from '../http/query.dto.js';
import type { OperationQuery } from '#read-models';
import { listQueryOf } from '../http/slice.js';
import { ManifestSchema, OPERATION_STATES, type ResourceManifest } from '#provisioning';

const manifestSchema = JSON.parse(JSON.stringify(ManifestSchema)) as Record<string, never>;

export class CreateOperationDto {
  @ApiProperty({
    ...manifestSchema,
    example: {
      needs: [{ id: 'db', type: 'sandbox', parameters: { size: 'small' } }],
      policy: { onFailure: 'take_back' },
    },
  })
  @IsObject()
  manifest!: ResourceManifest;

  @ApiPropertyOptional({ maxLength: 255, description: 'Your own id: the same id gives the same operation' })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  correlationId?: string;
}

export class RetryOperationDto {
  @ApiPropertyOptional({ description: 'One need; without it all that failed, wait or are overdue' })
  @Optional()
  @IsString()
  need?: string;
}

export class FailOperationDto {
  @ApiProperty({ maxLength: 1000 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason!: string;
}

export class AcceptLateDto extends FailOperationDto {
  @ApiProperty({ description: 'Id of the answer, as `answers` of the operation lists it' })
  @IsString()
  @IsNotEmpty()
  answerId!: string;
}

export class ListOperationsDto extends ListDto {
  @ApiPropertyOptional({ enum: Object.keys(OPERATION_STATES) })
  @IsOptional()
  @IsIn(Object.keys(OPERATION_STATES))
  state?: string;

  @TextParameter({ description: 'Resource type of any need' })
  type?: string;

  @ApiPropertyOptional({ type: 'boolean', description: 'Only those past a deadline' })
  @IsOptional()
  @Transform(({ value }) => ({ true: true, false: false })[String(value)] ?? value)
  @IsBoolean()
  overdue?: boolean;
}

/** Refusal `bad_filter` or `bad_range` 400. */
export const operationQueryOf = ({ state, type, overdue, ...list }: ListOperationsDto): OperationQuery => ({
  ...listQueryOf(list),
  ...(state !== undefined && { state }),
  ...(type !== undefined && { type }),
  ...(overdue !== undefined && { overdue }),
});
