import { PageDto, QueryDto, TextParameter, VersionParameter } from '../http/query.dto.js';

export class ListPortfoliosDto extends PageDto {
  @TextParameter({ example: 'TENANT_FAILED' })
  state?: string;

  @TextParameter()
  csp?: string;
}

export class PlanDto extends QueryDto {
  @VersionParameter('The newest when absent')
  version?: number;
}
