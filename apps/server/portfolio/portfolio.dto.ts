import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsNotEmpty, IsObject, IsString, MaxLength, Min } from 'class-validator';
import { Optional } from '../http/optional.js';

export class CreatePortfolioDto {
  @ApiProperty({ maxLength: 200 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  name!: string;

  @ApiProperty({ example: 'azure', maxLength: 100 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  csp!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What the stage plan of the CSP asks for' })
  @IsObject()
  facts!: Record<string, unknown>;

  @ApiPropertyOptional({ minimum: 1, description: 'Version of the stage plan; the newest when absent' })
  @Optional()
  @IsInt()
  @Min(1)
  plan_version?: number;

  @ApiPropertyOptional({ enum: ['automatic', 'manual'], default: 'automatic' })
  @Optional()
  @IsIn(['automatic', 'manual'])
  advance?: 'automatic' | 'manual';
}

export class AmendFactsDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Facts that take the place of those of the same name',
  })
  @IsObject()
  facts!: Record<string, unknown>;
}

export class ResumeStageDto {
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'Corrects fields of the payload' })
  @Optional()
  @IsObject()
  input?: Record<string, unknown>;
}

export class SkipStageDto {
  @ApiProperty({ maxLength: 1000 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What the stage would have answered',
  })
  @Optional()
  @IsObject()
  result?: Record<string, unknown>;
}

export class MigratePlanDto {
  @ApiProperty({ minimum: 1, description: 'Version of the stage plan to which the portfolio is moved' })
  @IsInt()
  @Min(1)
  plan_version!: number;

  @ApiProperty({ maxLength: 1000 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason!: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'Facts that the version asks for' })
  @Optional()
  @IsObject()
  facts?: Record<string, unknown>;
}

/** Why: goes into the log. */
export class ReasonDto {
  @ApiProperty({ maxLength: 1000 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason!: string;
}

export class AbandonDto {
  @ApiProperty({ maxLength: 1000 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason!: string;
}
