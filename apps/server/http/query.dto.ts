import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateBy } from 'class-validator';

/** Longer than any name, cursor or filter that makes sense. */
const LONGEST_TEXT = 1_000;

type Decorate = (target: object, property: string) => void;
const all =
  (...decorators: readonly Decorate[]): Decorate =>
  (target, property) =>
    decorators.forEach((decorate) => decorate(target, property));

/** An optional text in the query. */
export const TextParameter = (about: ApiPropertyOptions = {}): Decorate =>
  all(ApiPropertyOptional(about), IsOptional(), IsString(), MaxLength(LONGEST_TEXT));

const whole = (about: ApiPropertyOptions, from: number, to: number): Decorate =>
  all(
    ApiPropertyOptional(about),
    IsOptional(),
    Type(() => Number),
    IsInt(),
    Min(from),
    Max(to),
  );

/** An optional whole number in the query. */
export const WholeParameter = (description: string, from: number): Decorate =>
  whole({ minimum: from, description }, from, Number.MAX_SAFE_INTEGER);

/** An optional revision in the query. */
export const RevisionParameter = (description: string): Decorate =>
  whole({ minimum: 0, description }, 0, Number.MAX_SAFE_INTEGER);

/** RFC 3339 section 5.6, so that an instant never depends on the server's time zone. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;

/** Date.parse takes the 31st of a 30-day month for the day after. */
const isInstant = (text: unknown): boolean =>
  typeof text === 'string' &&
  INSTANT.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10));

const IsInstant = ValidateBy({
  name: 'isInstant',
  validator: {
    validate: isInstant,
    defaultMessage: () => 'must be a time with its offset, such as 2026-05-04T12:00:00Z',
  },
});

/** An optional instant in the query. */
export const InstantParameter = (description: string): Decorate =>
  all(ApiPropertyOptional({ format: 'date-time', description }), IsOptional(), IsInstant);

/** An optional version in the query. */
export const VersionParameter = (description: string): Decorate =>
  whole({ minimum: 1, description }, 1, Number.MAX_SAFE_INTEGER);

/** An optional number of rows in the query. */
export const PageSizeParameter = (by: number, description?: string): Decorate =>
  whole({ minimum: 1, maximum: 500, default: by, ...(description !== undefined && { description }) }, 1, 500);

/** What every query takes. The value is checked where it is waited for, see PositionInterceptor. */
export class QueryDto {
  @ApiPropertyOptional({ type: 'integer', description: 'Waits until the views hold this log position' })
  @IsOptional()
  @IsString()
  min_position?: string;
}

/** A list in the Workflow Orchestrator's way. */
export class SliceDto extends QueryDto {
  @TextParameter({
    example: '0,10',
    description: 'From and to (exclusive), at most 500 rows; the first 50 if absent',
  })
  range?: string;

  @TextParameter({ example: 'status,desc', description: 'Field and direction, any number of pairs' })
  sort?: string;
}

/** A list that is read page by page and neither skips nor repeats while rows come and change. */
export class PageDto extends QueryDto {
  @TextParameter({ description: '`next` of the page before' })
  cursor?: string;

  @PageSizeParameter(50)
  limit?: number;
}

export class SliceOrPageDto extends SliceDto {
  @TextParameter({ description: 'Cursor of the Link header `rel="next"` of the page before; not with range or sort' })
  cursor?: string;

  @PageSizeParameter(50, 'Rows of a page, where there is no range')
  limit?: number;
}
