import { ApiProperty } from '@nestjs/swagger';

export class AcceptedDto {
  @ApiProperty({ description: 'Of the instance: a UUID, or the name of a CSP' })
  id!: string;

  @ApiProperty({ description: 'Log position; give it to a query as min_position to read your own write' })
  position!: number;
}

export class FaultDto {
  @ApiProperty({ description: 'JSON pointer (RFC 6901)' })
  pointer!: string;

  @ApiProperty()
  message!: string;
}

/** Problem details (RFC 9457). */
export class ProblemDto {
  @ApiProperty()
  type!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty()
  status!: number;

  @ApiProperty({ description: 'Stable; see docs/reference/errors.md' })
  code!: string;

  @ApiProperty({ required: false })
  detail?: string;

  @ApiProperty({ required: false })
  instance?: string;

  @ApiProperty({ required: false, type: [FaultDto] })
  errors?: FaultDto[];
}
