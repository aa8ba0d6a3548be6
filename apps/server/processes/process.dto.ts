import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from '../http/http.dto.js';

export class StartedDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;
}

export class FormNotCompleteDto {
  @ApiProperty({ enum: ['FormNotCompleteError'] })
  type!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty({ enum: [510] })
  status!: number;

  @ApiProperty()
  detail!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'JSON Schema of the page asked for' })
  form!: Record<string, unknown>;

  @ApiProperty({ type: 'object', properties: { hasNext: { type: 'boolean' } }, required: ['hasNext'] })
  meta!: { hasNext: boolean };
}

export class FormFaultDto {
  @ApiProperty({ type: 'array', items: { oneOf: [{ type: 'string' }, { type: 'integer' }] } })
  loc!: (string | number)[];

  @ApiProperty()
  msg!: string;

  @ApiProperty()
  type!: string;

  @ApiProperty({ description: 'What was given, any JSON value; null if nothing', anyOf: [{}] })
  input!: unknown;
}

export class FormNotValidDto {
  @ApiProperty({ enum: ['FormValidationError'] })
  type!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty({ enum: [400] })
  status!: number;

  @ApiProperty()
  detail!: string;

  @ApiProperty({ type: [FormFaultDto] })
  validation_errors!: FormFaultDto[];
}

const json = (dto: new () => unknown) => ({ 'application/json': { schema: { $ref: getSchemaPath(dto) } } });

/** Documents what a form answers: 510 asks for a page, 400 refuses one (or the body, as problem details). */
export const ApiForm = () =>
  applyDecorators(
    ApiResponse({ status: 510, description: 'Form not complete', content: json(FormNotCompleteDto) }),
    ApiResponse({
      status: 400,
      description: 'Form not valid, or a body that is no array',
      content: {
        ...json(FormNotValidDto),
        'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } },
      },
    }),
  );
