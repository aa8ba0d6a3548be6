import { QueryDto, TextParameter } from '../http/query.dto.js';

export class ListSchedulesDto extends QueryDto {
  @TextParameter({
    example: '0,10',
    description: 'From and to (exclusive), at most 500 rows; the first 50 if absent',
  })
  range?: string;
}
