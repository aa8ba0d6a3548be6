import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import {
  beginningOf,
  DAY_MS,
  FIGURES,
  GRAINS,
  seriesOf,
  type Grain,
  type SeriesPoint,
  type Window,
} from '#read-models';
import { Parts } from '../composition/parts.js';
import type { SeriesDto } from './dashboard.dto.js';

export interface Series {
  readonly figure: string;
  readonly grain: Grain;
  readonly from: number;
  readonly to: number;
  readonly points: readonly SeriesPoint[];
}

export class GetSeries extends Query<Series> {
  constructor(readonly asked: SeriesDto) {
    super();
  }
}

@QueryHandler(GetSeries)
export class GetSeriesHandler implements IQueryHandler<GetSeries> {
  constructor(private readonly parts: Parts) {}

  async execute({ asked }: GetSeries): Promise<Series> {
    const { readModels, clock } = this.parts;
    const { figure } = asked;
    const window = windowOf(asked, clock.now());
    const by = asked.by?.split(',').filter((name) => name !== '');
    const where = labelsOf(asked);
    refuseForeign(figure, [...Object.keys(where), ...(by ?? [])]);
    return { figure, ...window, points: await seriesOf(readModels, { figure, where, by }, window) };
  }
}

const SPAN: Readonly<Record<Grain, number>> = { hour: DAY_MS, day: 30 * DAY_MS };

/** Whole periods: from the beginning of the first to the end of the last. */
function windowOf({ grain = 'hour', from, to }: SeriesDto, now: number): Window {
  const end = beginningOf(grain, to === undefined ? now : Date.parse(to)) + GRAINS[grain];
  const start = from === undefined ? end - SPAN[grain] : beginningOf(grain, Date.parse(from));
  return { grain, from: start, to: end };
}

function labelsOf(asked: SeriesDto): Readonly<Record<string, string>> {
  const { category, kind, step, outcome, code, change } = asked;
  const given = Object.entries({ category, kind, step, outcome, code, change });
  return Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Refusal `bad_filter` (400) for labels that the figure does not have. */
function refuseForeign(figure: SeriesDto['figure'], names: readonly string[]): void {
  const labels: readonly string[] = FIGURES[figure].labels;
  const foreign = names.find((name) => !labels.includes(name));
  if (foreign !== undefined)
    throw new Refusal('bad_filter', 400, `${foreign} is not a label of ${figure}: ${labels.join(', ')}`);
}
