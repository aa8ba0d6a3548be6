import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateBy } from 'class-validator';

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

/** It holds a row's place in the order, so it grows with the row's texts. */
const LONGEST_CURSOR = 8_000;
const CursorParameter = (description: string): Decorate =>
  all(ApiPropertyOptional({ description }), IsOptional(), IsString(), MaxLength(LONGEST_CURSOR));

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

/** How many, optional in the query: from 1 to `most`, else `by`. */
export const AmountParameter = (by: number, most: number, description?: string): Decorate =>
  whole({ minimum: 1, maximum: most, default: by, ...(description !== undefined && { description }) }, 1, most);

/** An optional number of rows in the query. */
export const PageSizeParameter = (by: number, description?: string): Decorate => AmountParameter(by, 500, description);

/** What every query takes. The value is checked where it is waited for, see PositionInterceptor. */
export class QueryDto {
  @ApiPropertyOptional({
    type: 'integer',
    description: 'Waits until the views hold this log position; 503 `position_timeout` after 10 s',
  })
  @IsOptional()
  @IsString()
  min_position?: string;
}

/** A list that is read page by page and neither skips nor repeats while rows come and change. */
export class PageDto extends QueryDto {
  @CursorParameter('`next` of the page before')
  cursor?: string;

  @PageSizeParameter(50)
  limit?: number;
}

/** Longer is refused, as by the Workflow Orchestrator. */
const LONGEST_SEARCH = 512;

/** A list by range, in the Workflow Orchestrator's way, or page by page along cursors. */
export class ListDto extends QueryDto {
  @TextParameter({
    example: 'status,failed|waiting',
    description:
      'Field and value, any number of pairs; several values of one field have | between them, numbers and times may be `from..to`',
  })
  filter?: string;

  @ApiPropertyOptional({
    maxLength: LONGEST_SEARCH,
    description: 'Words that all occur, each at the beginning of a word; `status:active` asks for a field',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_SEARCH)
  query?: string;

  @TextParameter({ example: 'status,desc', description: 'Field and direction, any number of pairs; else newest first' })
  sort?: string;

  @TextParameter({ example: '0,10', description: 'From and to (exclusive), at most 500 rows; with the number of all' })
  range?: string;

  @CursorParameter('Of the page before; not with a range, nor where the rows of the order change their place')
  cursor?: string;

  @PageSizeParameter(50, 'Rows of a page, where there is no range')
  limit?: number;

  @ApiPropertyOptional({ enum: ['true', 'false'], default: 'false', description: 'Counts all matches, range or not' })
  @IsOptional()
  @IsIn(['true', 'false'])
  count?: 'true' | 'false';
}
