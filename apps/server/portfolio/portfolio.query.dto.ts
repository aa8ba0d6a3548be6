import { PageDto, TextParameter } from '../http/query.dto.js';

export class ListPortfoliosDto extends PageDto {
  @TextParameter({ example: 'TENANT_FAILED' })
  state?: string;

  @TextParameter()
  csp?: string;
}
