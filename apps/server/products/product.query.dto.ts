import { QueryDto, TextParameter } from '../http/query.dto.js';

export class ListProductsDto extends QueryDto {
  @TextParameter({ example: 'GROUP' })
  tag?: string;

  @TextParameter({ example: 'UserGroup' })
  product_type?: string;
}
