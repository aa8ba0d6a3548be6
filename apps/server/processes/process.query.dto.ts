import { SliceDto, TextParameter } from '../http/query.dto.js';

export class ListProcessesDto extends SliceDto {
  @TextParameter({
    example: 'last_status,failed|waiting',
    description: 'Field and value, any number of pairs; several values of one field are separated by |',
  })
  filter?: string;
}
