import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { AcceptedDto, ProblemDto } from './http.dto.js';

/** Documents refusals as problem details, one status each. */
export const ApiProblems = (...statuses: readonly number[]) =>
  applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: 'Problem details (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
      }),
    ),
  );

/** What every answer to a command carries. */
export const POSITION_HEADER = {
  'Purveyor-Position': { description: 'Log position at which the views show it', schema: { type: 'integer' as const } },
};

/** Documents a command: Idempotency-Key in, 202 with id and position out. */
export const ApiCommand = (...problems: readonly number[]) =>
  applyDecorators(
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'A repeat with the same key answers the same' }),
    ApiResponse({
      status: 202,
      type: AcceptedDto,
      headers: POSITION_HEADER,
    }),
    ApiProblems(400, 409, 422, 503, 507, ...problems),
  );
