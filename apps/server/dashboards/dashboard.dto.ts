import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches, MaxLength } from 'class-validator';
import { FIGURES, GRAINS, type FigureName, type Grain } from '#read-models';
import { AmountParameter, InstantParameter, QueryDto, TextParameter } from '../http/query.dto.js';

const MOST_DAYS = 366;
const MOST_FAILURES = 50;
const LABELS = [...new Set(Object.values(FIGURES).flatMap(({ labels }) => labels))];
const MEANINGS = Object.entries(FIGURES)
  .map(([name, { labels, help }]) => `${name} (${labels.join(', ')}): ${help}`)
  .join('. ');

export class WindowDto extends QueryDto {
  @AmountParameter(7, MOST_DAYS, 'So many days of UTC, today included')
  days?: number;
}

export class FailuresDto extends QueryDto {
  @AmountParameter(20, MOST_FAILURES, 'The last ones; each is explained from its stream')
  limit?: number;
}

export class SeriesDto extends QueryDto {
  @ApiProperty({ enum: Object.keys(FIGURES), description: MEANINGS })
  @IsIn(Object.keys(FIGURES))
  figure!: FigureName;

  @ApiPropertyOptional({ enum: Object.keys(GRAINS), default: 'hour', description: 'Hours or days of UTC' })
  @IsOptional()
  @IsIn(Object.keys(GRAINS))
  grain?: Grain;

  @InstantParameter('The period that holds it is the first; 24 hours or 30 days before `to` if absent')
  from?: string;

  @InstantParameter('The period that holds it is the last; now if absent')
  to?: string;

  @ApiPropertyOptional({
    example: 'kind,step',
    description: `Labels that are told apart, with commas between them; all if absent, none if empty: ${LABELS.join(', ')}`,
  })
  @IsOptional()
  @MaxLength(200)
  @Matches(/^([a-z]+(,[a-z]+)*)?$/, { message: 'must be labels with commas between them' })
  by?: string;

  @TextParameter({ example: 'process' })
  category?: string;

  @TextParameter({ description: 'CSP, workflow or resource type' })
  kind?: string;

  @TextParameter({ description: 'Stage, step, or what is asked of a provisioner' })
  step?: string;

  @TextParameter({ example: 'failed' })
  outcome?: string;

  @TextParameter({ description: 'Of a failure' })
  code?: string;

  @TextParameter({ example: 'created' })
  change?: string;
}
