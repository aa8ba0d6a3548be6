import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDefined, IsNotEmpty, IsObject, IsString, MaxLength, ValidateIf } from 'class-validator';
import { Optional } from '../http/optional.js';

const LONGEST_PATH = 1_000;
const LONGEST_REASON = 1_000;
const LONGEST_NOTE = 5_000;

/** ADR 75: nothing of it is sealed. */
export const KEPT = 'kept for ever in plain text: no secret, and nothing of a person that must be forgotten';

class WithReason {
  @ApiProperty({ maxLength: LONGEST_REASON, description: `Recorded with who sent it; ${KEPT}` })
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_REASON)
  reason!: string;
}

export class SkipStepDto extends WithReason {
  @ApiProperty({ maxLength: LONGEST_PATH, description: '`key` of the step' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_PATH)
  step!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: `What the step would have added; ${KEPT}`,
  })
  @Optional()
  @IsObject()
  result?: Record<string, unknown>;
}

export class SetValueDto extends WithReason {
  @ApiProperty({ maxLength: LONGEST_PATH, description: 'JSON pointer (RFC 6901) into current_state' })
  @IsString()
  @MaxLength(LONGEST_PATH)
  path!: string;

  @ApiProperty({ description: `Any JSON value; ${KEPT}`, anyOf: [{}] })
  @ValidateIf(({ value }: SetValueDto) => value !== null)
  @IsDefined()
  value!: unknown;
}

export class CompensateDto extends WithReason {
  @ApiPropertyOptional({ maxLength: LONGEST_PATH, description: '`key` of the one step to be undone; all if absent' })
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_PATH)
  step?: string;
}

export class ProcessNoteDto {
  @ApiProperty({ maxLength: LONGEST_NOTE, description: `Shown with the process; ${KEPT}` })
  @IsString()
  @MaxLength(LONGEST_NOTE)
  note!: string;
}
