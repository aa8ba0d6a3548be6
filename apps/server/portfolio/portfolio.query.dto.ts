import type { PortfolioQuery } from '#read-models';
import { listQueryOf } from '../http/slice.js';
import { ListDto, PageDto, QueryDto, TextParameter, VersionParameter } from '../http/query.dto.js';

export class ListPortfoliosDto extends ListDto {
  @TextParameter({ example: 'TENANT_FAILED' })
  state?: string;

  @TextParameter()
  csp?: string;
}

/** Refusal `bad_filter` or `bad_range` 400. */
export const portfolioQueryOf = ({ state, csp, ...list }: ListPortfoliosDto): PortfolioQuery => ({
  ...listQueryOf(list),
  ...(state !== undefined && { state }),
  ...(csp !== undefined && { csp }),
});

export class MigrationDto extends PageDto {
  @VersionParameter('To which version of the plan; the newest when absent')
  to?: number;
}

export class PlanDto extends QueryDto {
  @VersionParameter('The newest when absent')
  version?: number;
}
